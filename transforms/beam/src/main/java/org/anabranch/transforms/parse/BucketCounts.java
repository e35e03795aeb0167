package org.anabranch.transforms.parse;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * Numbers of buckets by table. A stored table keeps the number it was made with.
 *
 * @param ofNewTables of tables that are not stored
 * @param ofStored of stored tables by name
 */
public record BucketCounts(int ofNewTables, Map<String, Integer> ofStored) implements Serializable {

  public BucketCounts {
    ofStored = new TreeMap<>(ofStored);
  }

  /** The same number for all tables. */
  public static BucketCounts all(int buckets) {
    return new BucketCounts(buckets, Map.of());
  }

  public int of(String table) {
    return ofStored.getOrDefault(table, ofNewTables);
  }
}
