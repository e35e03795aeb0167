package org.anabranch.launcher;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeTable;

/** How far everything that is committed to a warehouse has come. */
final class Places {

  private Places() {}

  /** The furthest of each place over all tables: a run commits the same to every table. */
  static Map<String, Long> of(Lake lake) throws IOException {
    Map<String, Long> places = new TreeMap<>();
    for (LakeTable table : lake.tables()) {
      table.places().forEach((what, at) -> places.merge(what, at, Math::max));
    }

    return places;
  }
}
