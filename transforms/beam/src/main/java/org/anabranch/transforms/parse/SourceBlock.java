package org.anabranch.transforms.parse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.anabranch.model.Position;

/**
 * The field {@code source} of a change event: which table, and where the change stands in the
 * commit order of its source. The same object is filled again for the next record.
 */
final class SourceBlock {

  /** Time of a block that has none. */
  static final long NO_TIME = Long.MIN_VALUE;

  private static final long MICROS_PER_MILLI = 1000;
  private static final long MAX_MILLIS = Long.MAX_VALUE / MICROS_PER_MILLI;

  private final NameCache names;
  private final Map<String, Map<String, Map<String, String>>> sources = new HashMap<>();
  private String connector = "";
  private String name = "";
  private String database = "";
  private String schema = "";
  private String table = "";
  private String file = "";
  private long lsn;
  private boolean hasLsn;
  private long lastCommit;
  private long filePosition;
  private long row;
  private long micros;
  private long millis;
  private String lastConnector = "";
  private String lastName = "";
  private String lastSchema = "";
  private String lastDatabase = "";
  private String lastSource = "::";

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
    lsn = 0;
    hasLsn = false;
    lastCommit = 0;
    filePosition = 0;
    row = 0;
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
        case START_OBJECT, START_ARRAY -> parser.skipChildren();
        default -> {}
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
      case "file" -> file = text(parser);
      case "sequence" -> lastCommit = firstNumber(parser);
      default -> {}
    }
  }

  private String text(JsonParser parser) throws IOException {
    return names.get(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
  }

  private void readNumber(String field, JsonParser parser) throws IOException {
    switch (field) {
      case "lsn" -> {
        lsn = number(parser);
        hasLsn = true;
      }
      case "pos" -> filePosition = number(parser);
      case "row" -> row = number(parser);
      case "ts_us" -> micros = number(parser);
      case "ts_ms" -> millis = number(parser);
      default -> {}
    }
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

  /** First number of {@code ["1","2"]}; 0 for {@code [null,"2"]}. */
  private static long firstNumber(JsonParser parser) throws IOException {
    char[] chars = parser.getTextCharacters();
    int end = parser.getTextOffset() + parser.getTextLength();
    long value = 0;
    for (int i = parser.getTextOffset(); i < end && chars[i] != ','; i++) {
      if (chars[i] >= '0' && chars[i] <= '9') {
        value = value * 10 + chars[i] - '0';
      }
    }

    return value;
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

  /** Position of the change; only the coordinate counts where the source gives no numbers. */
  Position position(String log, long partition, long offset) {
    if (hasLsn) {
      return new Position(source(), lastCommit, lsn, 0, log, partition, offset);
    }

    long fileNumber = fileNumber();
    return fileNumber < 0
        ? new Position("", 0, 0, 0, log, partition, offset)
        : new Position(source(), fileNumber, filePosition, row, log, partition, offset);
  }

  /** Number at the end of a binary log's name, {@code mysql-bin.000003}; -1 without one. */
  private long fileNumber() {
    int start = file.lastIndexOf('.') + 1;
    if (start == file.length()) {
      return -1;
    }

    long number = 0;
    for (int i = start; i < file.length(); i++) {
      int digit = file.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }

      number = number * 10 + digit;
    }

    return number;
  }

  /** {@code connector:name:database.schema}, the same string for every record of a source. */
  private String source() {
    if (!database.equals(lastDatabase)
        || !schema.equals(lastSchema)
        || !name.equals(lastName)
        || !connector.equals(lastConnector)) {
      lastConnector = connector;
      lastName = name;
      lastDatabase = database;
      lastSchema = schema;
      String path = schema.isEmpty() ? database : database + "." + schema;
      lastSource =
          sources
              .computeIfAbsent(connector, key -> new HashMap<>())
              .computeIfAbsent(name, key -> new HashMap<>())
              .computeIfAbsent(path, key -> connector + ":" + name + ":" + path);
    }

    return lastSource;
  }
}
