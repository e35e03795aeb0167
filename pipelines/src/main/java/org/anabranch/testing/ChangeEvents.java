package org.anabranch.testing;

import org.anabranch.model.Stable;

/**
 * Lines of change events as a PostgreSQL connector of Debezium writes them, for inputs of tests.
 */
@Stable
public final class ChangeEvents {

  private static final String LINE =
      """
      {"topic":"test.public.%1$s","partition":0,"offset":%2$d,"key":%3$s,"value":{"before":null,\
      "after":%4$s,"source":{"connector":"postgresql","name":"test","db":"test",\
      "schema":"public","table":"%1$s","lsn":%2$d,"sequence":"[null,\\"%2$d\\"]",\
      "snapshot":"false","ts_ms":%2$d},"op":"%5$s","ts_ms":%2$d}}""";

  private ChangeEvents() {}

  /**
   * A row that was inserted or updated.
   *
   * @param position in the order of commits, from 1; of two changes of a key the greater one is
   *     valid, whichever comes first
   * @param key JSON object of the key columns
   * @param row JSON object of all columns
   */
  public static String upsert(String table, long position, String key, String row) {
    return LINE.formatted(table, position, key, row, "u");
  }

  /** A row that was deleted. */
  public static String delete(String table, long position, String key) {
    return LINE.formatted(table, position, key, "null", "d")
        .replace("\"before\":null", before(key));
  }

  private static String before(String key) {
    return "\"before\":" + key;
  }
}
