package org.anabranch.lake;

import java.util.List;
import org.anabranch.transforms.merge.TableStore;

/** Makes the store that workers read tables from and write files of a run to. */
@FunctionalInterface
interface StoreFactory {

  /**
   * The store of a run.
   *
   * @param run in the name of every file
   * @param tables that exist
   */
  TableStore open(LakeConfig config, String run, List<TableHandle> tables);
}
