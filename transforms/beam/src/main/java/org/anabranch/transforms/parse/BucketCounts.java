package org.anabranch.transforms.parse;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.model.Internal;
import org.anabranch.transforms.merge.MergeConfig;

/**
 * Numbers of buckets by table. A stored table keeps the number it was made with. A history lies in
 * the buckets of its table and is committed before it, so a table of which only the history is
 * stored yet gets the number of that.
 *
 * @param ofNewTables of tables that are not stored
 * @param ofStored of stored tables by name
 */
@Internal
public record BucketCounts(int ofNewTables, Map<String, Integer> ofStored) implements Serializable {

  public BucketCounts {
    ofStored = new TreeMap<>(ofStored);
  }

  /** The same number for all tables. */
  public static BucketCounts all(int buckets) {
    return new BucketCounts(buckets, Map.of());
  }

  public int of(String table) {
    Integer stored = ofStored.get(table);
    return stored == null
        ? ofStored.getOrDefault(table + MergeConfig.HISTORY_SUFFIX, ofNewTables)
        : stored;
  }
}
