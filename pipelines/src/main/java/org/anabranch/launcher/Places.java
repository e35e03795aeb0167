package org.anabranch.launcher;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeTable;

/** How far the jobs of a warehouse have come: the last table of each run tells it. */
final class Places {

  private Places() {}

  /** The furthest of each place over all tables. */
  static Map<String, Long> of(Lake lake) throws IOException {
    Map<String, Long> places = new TreeMap<>();
    for (LakeTable table : lake.tables()) {
      table.places().forEach((what, at) -> places.merge(what, at, Math::max));
    }

    return places;
  }
}
