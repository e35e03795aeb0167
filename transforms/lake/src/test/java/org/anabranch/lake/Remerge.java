package org.anabranch.lake;

import java.io.IOException;
import java.util.Set;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.report.TableReport;

/** Merges changes of a run once more, with what others have committed meanwhile. */
@FunctionalInterface
public interface Remerge {

  /**
   * Merges some buckets of a table again.
   *
   * @param newStore the table as it is now, and files for what becomes of it
   * @param ours what the run wrote on top of an older version; its files are still there
   * @param buckets to be merged again, {@link TableStore#MOVED} possibly among them; those of them
   *     that the run has not touched may be left alone
   * @return the report to commit instead: new files for these buckets, the old ones for the others
   */
  TableReport remerge(TableStore newStore, TableReport ours, Set<Integer> buckets)
      throws IOException;
}
