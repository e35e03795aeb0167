package org.anabranch.transforms.parse;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Says of a record that is no change event which option it needs, judged by the names of its
 * fields. Nothing of the record's content is told.
 */
final class NotAnEvent {

  /** Names that can be told as they are. */
  private static final Pattern PLAIN = Pattern.compile("[\\w.-]{1,100}");

  /** How other programs write changes; an object that has all fields of a set is one of theirs. */
  private record Envelope(String format, Set<String> fields) {}

  private static final List<Envelope> OTHERS =
      List.of(
          new Envelope("Canal", Set.of("data", "database", "table", "type", "isDdl")),
          new Envelope("Canal", Set.of("data", "database", "table", "type", "mysqlType")),
          new Envelope("Maxwell", Set.of("data", "database", "table", "type")),
          new Envelope("Maxwell", Set.of("database", "table", "type", "def")),
          new Envelope("wal2json", Set.of("action", "schema", "table")),
          new Envelope("wal2json", Set.of("change")),
          new Envelope("GoldenGate", Set.of("table", "op_type")),
          new Envelope("AWS DMS", Set.of("data", "metadata")),
          new Envelope("MongoDB", Set.of("operationType", "ns")),
          new Envelope("CloudEvents", Set.of("specversion", "type", "source")));

  private static final List<String> OF_EVENTS = List.of("before", "after", "source", "op");

  private NotAnEvent() {}

  /**
   * Detail of an object without an operation.
   *
   * @param fields of the object
   * @param table that the record's topic names; empty where it has none
   * @param rowsTables the tables of plain rows
   */
  static String detail(Shape fields, String table, RowsTables rowsTables) {
    for (Envelope other : OTHERS) {
      if (other.fields().stream().allMatch(fields::has)) {
        return "the object looks like "
            + other.format()
            + ": of change events only Debezium JSON is read";
      }
    }

    boolean isWrapper =
        (fields.has("value") || fields.has("payload"))
            && (fields.has("topic") || fields.has("key"));
    if (fields.columns().isEmpty() || isWrapper || OF_EVENTS.stream().anyMatch(fields::has)) {
      return "the object has no operation";
    }

    if (table.isEmpty() && !rowsTables.isEmpty()) {
      return "a row must come with its topic where --plain-rows names several tables";
    }

    String option = "--plain-rows=" + (PLAIN.matcher(table).matches() ? table : "TABLE");
    return fields.has(UnwrappedRows.DELETED) || fields.has(UnwrappedRows.OP)
        ? "the object looks like an unwrapped record (ExtractNewRecordState): read its table with "
            + option
        : "the object is no change event: if it is a row of a table, read it with " + option;
  }

  /** Whether a slice begins like a list of objects. */
  static boolean isListOfObjects(byte[] bytes, int from, int length) {
    int first = skipBlanks(bytes, from, from + length);
    if (first == from + length || bytes[first] != '[') {
      return false;
    }

    int second = skipBlanks(bytes, first + 1, from + length);
    return second < from + length && bytes[second] == '{';
  }

  /**
   * Whether a slice that is no JSON is a line of an object that was written over several lines:
   * only brackets and commas, or a name with its value, or a value that is followed by a comma.
   */
  static boolean isFragment(byte[] bytes, int from, int length) {
    int end = from + length;
    int at = skipBlanks(bytes, from, end);
    if (at < end && bytes[at] == '"') {
      int behind = at + 1;
      while (behind < end && bytes[behind] != '"') {
        behind += bytes[behind] == '\\' ? 2 : 1;
      }

      int next = skipBlanks(bytes, behind + 1, end);
      return next < end && (bytes[next] == ':' || bytes[next] == ',');
    }

    boolean isAny = false;
    for (; at < end; at = skipBlanks(bytes, at + 1, end)) {
      if ("{}[],".indexOf(bytes[at]) < 0) {
        return false;
      }

      isAny = true;
    }

    return isAny;
  }

  private static int skipBlanks(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end
        && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r' || bytes[at] == '\n')) {
      at++;
    }

    return Math.min(at, end);
  }
}
