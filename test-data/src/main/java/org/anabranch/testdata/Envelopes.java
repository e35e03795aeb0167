package org.anabranch.testdata;

import org.jspecify.annotations.Nullable;

/**
 * Change event values in the form Debezium's PostgreSQL connector writes without schemas [1].
 *
 * <p>[1] Debezium connector for PostgreSQL, Data change events,
 * https://debezium.io/documentation/reference/stable/connectors/postgresql.html
 */
final class Envelopes {

  // The connector sees a commit about this long after it happened.
  private static final long CAPTURE_DELAY_MILLIS = 412;

  private Envelopes() {}

  /** Returns the value of a change event. */
  static String change(Source source, char op, @Nullable String before, @Nullable String after) {
    return new JsonObject()
        .raw("before", before)
        .raw("after", after)
        .raw("source", source.json())
        .text("op", String.valueOf(op))
        .number("ts_ms", source.micros / 1000 + CAPTURE_DELAY_MILLIS)
        .toString();
  }

  /** Returns the value of a message that an application wrote into the database log. */
  static String message(Source source, String base64Content) {
    JsonObject message = new JsonObject().text("prefix", "app").text("content", base64Content);
    return new JsonObject()
        .text("op", "m")
        .number("ts_ms", source.micros / 1000 + CAPTURE_DELAY_MILLIS)
        .raw("source", source.json())
        .raw("message", message.toString())
        .toString();
  }

  /** Returns the value of the record that opens a transaction. */
  static String begin(String transactionId, long micros) {
    return new JsonObject()
        .text("status", "BEGIN")
        .text("id", transactionId)
        .text("event_count", null)
        .text("data_collections", null)
        .number("ts_ms", micros / 1000)
        .toString();
  }

  /** Returns the value of the record that closes a transaction. */
  static String end(String transactionId, int events, long micros) {
    return new JsonObject()
        .text("status", "END")
        .text("id", transactionId)
        .number("event_count", events)
        .text("data_collections", null)
        .number("ts_ms", micros / 1000)
        .toString();
  }

  /**
   * Where and when a change was made.
   *
   * @param table the table, empty for a message
   * @param snapshot the connector's snapshot marker, {@code false} for a change from the log
   * @param lastCommit the log sequence number of the commit before, or null when there was none
   * @param micros the commit time in microseconds since the epoch
   */
  record Source(
      String table,
      String snapshot,
      @Nullable Long lastCommit,
      long lsn,
      long transactionId,
      long micros) {

    String json() {
      String last = lastCommit == null ? "null" : "\"" + lastCommit + "\"";
      return new JsonObject()
          .text("version", "3.6.1.Final")
          .text("connector", "postgresql")
          .text("name", "shop")
          .number("ts_ms", micros / 1000)
          .number("ts_us", micros)
          .text("snapshot", snapshot)
          .text("db", "shop")
          .text("sequence", "[" + last + ",\"" + lsn + "\"]")
          .text("schema", table.isEmpty() ? "" : "public")
          .text("table", table)
          .number("txId", transactionId)
          .number("lsn", lsn)
          .toString();
    }
  }
}
