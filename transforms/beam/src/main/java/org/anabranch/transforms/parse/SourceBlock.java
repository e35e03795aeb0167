package org.anabranch.transforms.parse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.anabranch.model.Position;
import org.anabranch.transforms.source.LogTracker;
import org.jspecify.annotations.Nullable;

/**
 * The field {@code source} of a change event: which table, and where the change stands in the
 * commit order of its source. The same object is filled again for the next record.
 */
final class SourceBlock {

  /** Time of a block that has none. */
  static final long NO_TIME = Long.MIN_VALUE;

  private static final long MICROS_PER_MILLI = 1000;
  private static final long MAX_MILLIS = Long.MAX_VALUE / MICROS_PER_MILLI;

  /** Places in a log beyond this are no places: 64 petabytes. */
  private static final long MAX_PLACE = 1L << 56;

  /** Numbers of binary log files beyond this are none: a file a second for thirty years. */
  private static final long MAX_FILE = 1_000_000_000;

  /** A number that is not given. */
  private static final long ABSENT = -1;

  /** Something is given that is no number of a place. */
  private static final long UNREADABLE = -2;

  /** Third number of a row that was read by a snapshot of the whole table. */
  static final long SNAPSHOT = -1;

  /** Third number of a row that was read by an incremental snapshot, between streamed changes. */
  static final long INCREMENTAL_SNAPSHOT = LogTracker.INCREMENTAL;

  /** What a source says about the order of its changes. */
  enum Order {
    /** Nothing: no connector made the event, so that the log decides. */
    NONE,
    /** LSNs of PostgreSQL. */
    POSTGRESQL("postgresql"),
    /** Files and places of a binary log; MySQL and MariaDB are one source. */
    BINARY_LOG("mysql"),
    /** A connector whose order is not implemented. */
    UNKNOWN;

    private final String family;

    Order() {
      family = "";
    }

    Order(String family) {
      this.family = family;
    }

    private static Order of(String connector) {
      return switch (connector) {
        case "" -> NONE;
        case "postgresql" -> POSTGRESQL;
        case "mysql", "mariadb" -> BINARY_LOG;
        default -> UNKNOWN;
      };
    }
  }

  private final NameCache names;
  private final Map<String, Map<String, Map<String, String>>> sources = new HashMap<>();
  private String connector = "";
  private String name = "";
  private String database = "";
  private String schema = "";
  private String table = "";
  private String file = "";
  private boolean hasFile;
  private String snapshot = "";
  private String numberedBy = "";
  private long lsn;
  private long lastCommit;
  private long sequenceLsn;
  private long filePosition;
  private long micros;
  private long millis;
  private String lastConnector = "";
  private String lastName = "";
  private String lastSchema = "";
  private String lastDatabase = "";
  private String lastSource = "::";
  private String lastOrderOf = "";
  private Order order = Order.NONE;

  SourceBlock(NameCache names) {
    this.names = names;
  }

  void clear() {
    connector = "";
    name = "";
    database = "";
    schema = "";
    table = "";
    file = "";
    hasFile = false;
    snapshot = "";
    numberedBy = "";
    lsn = ABSENT;
    lastCommit = ABSENT;
    sequenceLsn = ABSENT;
    filePosition = ABSENT;
    micros = NO_TIME;
    millis = NO_TIME;
  }

  /** Reads the object the parser stands at, up to its end. */
  void read(JsonParser parser) throws IOException {
    clear();
    String field = parser.nextFieldName();
    while (field != null) {
      JsonToken token = parser.nextToken();
      switch (token) {
        case VALUE_STRING -> readText(field, parser);
        case VALUE_NUMBER_INT -> readNumber(field, parser);
        case VALUE_NULL -> {}
        case VALUE_TRUE -> readOther(field);
        case START_OBJECT, START_ARRAY -> {
          readOther(field);
          parser.skipChildren();
        }
        default -> {
          if (token != JsonToken.VALUE_FALSE) {
            readOther(field);
          }
        }
      }

      field = parser.nextFieldName();
    }
  }

  private void readText(String field, JsonParser parser) throws IOException {
    switch (field) {
      case "connector" -> connector = text(parser);
      case "name" -> name = text(parser);
      case "db" -> database = text(parser);
      case "schema" -> schema = text(parser);
      case "table" -> table = text(parser);
      case "file" -> {
        file = text(parser);
        hasFile = true;
      }
      case "snapshot" -> snapshot = text(parser);
      case "sequence" -> readSequence(parser);
      case "gtid" -> numberedBy = serverOfGtid(parser);
      default -> readOther(field);
    }
  }

  private String text(JsonParser parser) throws IOException {
    return names.get(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
  }

  /** The server in {@code UUID:NUMBER}; empty for GTIDs of another form, as of MariaDB. */
  private String serverOfGtid(JsonParser parser) throws IOException {
    char[] chars = parser.getTextCharacters();
    int start = parser.getTextOffset();
    for (int i = 0; i < parser.getTextLength(); i++) {
      if (chars[start + i] == ':') {
        return names.get(chars, start, i);
      }
    }

    return "";
  }

  private void readNumber(String field, JsonParser parser) throws IOException {
    switch (field) {
      case "lsn" -> lsn = place(parser);
      case "pos" -> filePosition = place(parser);
      case "ts_us" -> micros = number(parser);
      case "ts_ms" -> millis = number(parser);
      default -> readOther(field);
    }
  }

  /** A field that has a value of a type it never has. */
  private void readOther(String field) {
    switch (field) {
      case "lsn" -> lsn = UNREADABLE;
      case "pos" -> filePosition = UNREADABLE;
      case "sequence" -> {
        lastCommit = UNREADABLE;
        sequenceLsn = UNREADABLE;
      }
      case "snapshot" -> snapshot = "true";
      default -> {}
    }
  }

  private static long place(JsonParser parser) throws IOException {
    boolean isLong = parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    long value = isLong ? parser.getLongValue() : UNREADABLE;
    return value >= 0 && value <= MAX_PLACE ? value : UNREADABLE;
  }

  /** Reads {@code ["1","2"]}, the LSNs of the last commit and of the change; both may be null. */
  private void readSequence(JsonParser parser) throws IOException {
    char[] chars = parser.getTextCharacters();
    int end = parser.getTextOffset() + parser.getTextLength();
    long[] numbers = {ABSENT, ABSENT};
    int number = 0;
    boolean isReadable = end - parser.getTextOffset() >= 2 && chars[end - 1] == ']';
    for (int i = parser.getTextOffset(); i < end && isReadable; i++) {
      char c = chars[i];
      if (c >= '0' && c <= '9') {
        numbers[number] = Math.max(0, numbers[number]) * 10 + c - '0';
        isReadable = numbers[number] <= MAX_PLACE;
      } else if (c == ',') {
        number++;
        isReadable = number < numbers.length;
      } else {
        isReadable = "[]\" nul".indexOf(c) >= 0;
      }
    }

    lastCommit = isReadable ? numbers[0] : UNREADABLE;
    sequenceLsn = isReadable ? numbers[1] : UNREADABLE;
  }

  /** The integer the parser stands at; {@code otherwise} for any other value, which is skipped. */
  static long number(JsonParser parser, JsonToken token, long otherwise) throws IOException {
    if (token == JsonToken.VALUE_NUMBER_INT) {
      return number(parser);
    }

    parser.skipChildren();
    return otherwise;
  }

  /** The integer the parser stands at; 0 where it is beyond 64 bits. */
  private static long number(JsonParser parser) throws IOException {
    return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? 0 : parser.getLongValue();
  }

  /** Name of the server, which begins its topics; empty where the block does not say. */
  String server() {
    return name;
  }

  /** Name of the database; empty where the block does not say. */
  String database() {
    return database;
  }

  /** Name of the schema; empty where the source has none. */
  String schema() {
    return schema;
  }

  /** Name of the table; empty where the block does not say. */
  String table() {
    return table;
  }

  /** When the source made the change, in microseconds; {@link #NO_TIME} where it does not say. */
  long timeMicros() {
    if (micros != NO_TIME) {
      return micros;
    }

    return micros(millis);
  }

  /** Microseconds of milliseconds; {@link #NO_TIME} where there are none or too many. */
  static long micros(long milliseconds) {
    boolean fits = milliseconds != NO_TIME && Math.abs(milliseconds) <= MAX_MILLIS;
    return fits ? milliseconds * MICROS_PER_MILLI : NO_TIME;
  }

  /** Name of the connector; empty where none made the event. */
  String connector() {
    return connector;
  }

  /** Server whose binary log has the change, as its GTID says; empty where it does not say. */
  String numberedBy() {
    return numberedBy;
  }

  /** What the source says about the order of its changes. */
  Order order() {
    if (!connector.equals(lastOrderOf)) {
      lastOrderOf = connector;
      order = Order.of(connector);
    }

    return order;
  }

  /** Whether the change is a row that a snapshot read. */
  private boolean isSnapshot() {
    return !snapshot.isEmpty() && !snapshot.equals("false");
  }

  /**
   * Position of a change of a source whose order is known.
   *
   * @param totalOrder place of the change in its transaction; {@link #NO_TIME} where it is not sent
   * @return null where the position is missing or cannot be one
   */
  @Nullable Position position(long totalOrder, String log, long partition, long offset) {
    return order() == Order.POSTGRESQL
        ? postgresql(log, partition, offset)
        : binaryLog(totalOrder, log, partition, offset);
  }

  private @Nullable Position postgresql(String log, long partition, long offset) {
    if (lsn == UNREADABLE || sequenceLsn == UNREADABLE) {
      return null;
    }

    long change = lsn == ABSENT ? sequenceLsn : lsn;
    if (isSnapshot()) {
      boolean isAny = change != ABSENT || lastCommit != ABSENT;
      long kind = snapshot.equals("incremental") ? INCREMENTAL_SNAPSHOT : SNAPSHOT;
      return isAny
          ? new Position(
              source(), Math.max(0, lastCommit), Math.max(0, change), kind, log, partition, offset)
          : null;
    }

    return lsn == ABSENT
        ? null
        : new Position(source(), Math.max(0, lastCommit), lsn, 0, log, partition, offset);
  }

  private @Nullable Position binaryLog(long totalOrder, String log, long partition, long offset) {
    long number = fileNumber();
    return number < 0 || filePosition < 0
        ? null
        : new Position(
            source(), number, filePosition, Math.max(0, totalOrder), log, partition, offset);
  }

  /**
   * Number at the end of a binary log's name, {@code mysql-bin.000003}; -1 without one. The
   * beginning of a file without a name is where a connector stands that knows none.
   */
  private long fileNumber() {
    if (file.isEmpty()) {
      return hasFile && filePosition == 0 ? 0 : -1;
    }

    int start = file.lastIndexOf('.') + 1;
    long number = start == file.length() ? -1 : 0;
    for (int i = start; i < file.length(); i++) {
      int digit = file.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }

      number = number * 10 + digit;
      if (number > MAX_FILE) {
        return -1;
      }
    }

    return number;
  }

  /**
   * Who numbers the changes, {@code connector:server:database.schema}: the same string for every
   * record of a source, whether or not a number is there. MySQL and MariaDB count as one connector.
   */
  String source() {
    if (!database.equals(lastDatabase)
        || !schema.equals(lastSchema)
        || !name.equals(lastName)
        || !connector.equals(lastConnector)) {
      lastConnector = connector;
      lastName = name;
      lastDatabase = database;
      lastSchema = schema;
      String family = order().family.isEmpty() ? connector : order().family;
      String path = schema.isEmpty() ? database : database + "." + schema;
      lastSource =
          sources
              .computeIfAbsent(family, key -> new HashMap<>())
              .computeIfAbsent(name, key -> new HashMap<>())
              .computeIfAbsent(path, key -> family + ":" + name + ":" + path);
    }

    return lastSource;
  }
}
