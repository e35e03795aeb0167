package org.anabranch.lake;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Properties with which tables are made. */
final class TableProperties {

  /** Number of buckets. */
  static final String BUCKETS = "anabranch.buckets";

  /** Names of the key columns, separated by commas; for people. */
  static final String KEY = "anabranch.key";

  private TableProperties() {}

  static Map<String, String> of(int buckets, List<String> key) {
    Map<String, String> properties = new TreeMap<>();
    properties.put("format-version", "2");
    properties.put("write.format.default", "parquet");
    properties.put("write.parquet.compression-codec", "snappy");
    properties.put("write.delete.mode", "merge-on-read");
    properties.put("write.update.mode", "merge-on-read");
    properties.put("write.merge.mode", "merge-on-read");
    properties.put("write.metadata.delete-after-commit.enabled", "true");
    properties.put("write.metadata.previous-versions-max", "20");
    properties.put(BUCKETS, String.valueOf(buckets));
    properties.put(KEY, String.join(",", key));
    return properties;
  }
}
