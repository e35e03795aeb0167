package org.anabranch.transforms.parse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a change event in Debezium's envelope [1]. The same object is filled again for the
 * next record.
 *
 * <p>[1]
 * https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-events
 */
final class ChangeEvent {

  /** Operation of an event that has none. */
  static final char NO_OP = 0;

  /** Operation that is not one letter. */
  private static final char BAD_OP = '?';

  /** What to do with the row before the change, which is rarely needed. */
  enum Before {
    SKIP,
    /** Only the names of its fields are read, at nearly no cost. */
    NAMES,
    READ
  }

  private final SourceBlock source;
  private final Shapes shapes;
  private final RawRow before;
  private final RawRow after;
  private Before beforeIs = Before.SKIP;
  private char op;
  private boolean hasBefore;
  private @Nullable Shape beforeShape;
  private boolean transaction;
  private boolean schemaChange;
  private int fields;
  private int timeFields;
  private long millis;

  ChangeEvent(NameCache names, Shapes shapes) {
    this.shapes = shapes;
    source = new SourceBlock(names);
    before = new RawRow(shapes);
    after = new RawRow(shapes);
  }

  /** Forgets the event. */
  void clear(Before whatToDo) {
    beforeIs = whatToDo;
    op = NO_OP;
    hasBefore = false;
    beforeShape = null;
    transaction = false;
    schemaChange = false;
    fields = 0;
    timeFields = 0;
    millis = SourceBlock.NO_TIME;
    source.clear();
    before.clear();
    after.clear();
  }

  /** Reads one field, at whose value the parser stands; fields without a meaning are skipped. */
  void readField(String name, JsonToken token, JsonParser parser) throws IOException {
    fields++;
    switch (name) {
      case "before" -> readBefore(parser, token);
      case "after" -> {
        after.clear();
        if (token == JsonToken.START_OBJECT) {
          after.readObject(parser);
        } else {
          parser.skipChildren();
        }
      }
      case "source" -> {
        if (token == JsonToken.START_OBJECT) {
          source.read(parser);
        } else {
          parser.skipChildren();
        }
      }
      case "op" -> op = readOp(parser, token);
      case "ts_ms" -> {
        timeFields++;
        millis = SourceBlock.number(parser, token, SourceBlock.NO_TIME);
      }
      case "ts_us", "ts_ns" -> {
        timeFields++;
        parser.skipChildren();
      }
      case "status" -> {
        transaction = isTransactionMark(parser, token);
        parser.skipChildren();
      }
      case "ddl", "tableChanges" -> {
        schemaChange = true;
        parser.skipChildren();
      }
      default -> parser.skipChildren();
    }
  }

  private void readBefore(JsonParser parser, JsonToken token) throws IOException {
    before.clear();
    hasBefore = token == JsonToken.START_OBJECT;
    beforeShape = null;
    if (!hasBefore || beforeIs == Before.SKIP) {
      parser.skipChildren();
    } else if (beforeIs == Before.READ) {
      before.readObject(parser);
      beforeShape = before.shape();
    } else {
      beforeShape = readNames(parser);
    }
  }

  private Shape readNames(JsonParser parser) throws IOException {
    Shapes.Node node = shapes.start();
    String name = parser.nextFieldName();
    while (name != null) {
      node = shapes.next(node, name);
      parser.nextToken();
      parser.skipChildren();
      name = parser.nextFieldName();
    }

    return node.shape();
  }

  private static char readOp(JsonParser parser, JsonToken token) throws IOException {
    if (token == JsonToken.VALUE_NULL) {
      return NO_OP;
    }

    if (token == JsonToken.VALUE_STRING && parser.getTextLength() == 1) {
      return parser.getTextCharacters()[parser.getTextOffset()];
    }

    parser.skipChildren();
    return BAD_OP;
  }

  private static boolean isTransactionMark(JsonParser parser, JsonToken token) throws IOException {
    if (token != JsonToken.VALUE_STRING) {
      return false;
    }

    String status = parser.getText();
    return status.equals("BEGIN") || status.equals("END");
  }

  /** Sets the types that the schema beside the event gives to its rows. */
  void setTypes(@Nullable RowTypes types) {
    before.setTypes(types);
    after.setTypes(types);
  }

  char op() {
    return op;
  }

  boolean isTransaction() {
    return transaction && op == NO_OP;
  }

  boolean isSchemaChange() {
    return schemaChange && op == NO_OP;
  }

  /** Whether the event has nothing but a time. */
  boolean isHeartbeat() {
    return timeFields > 0 && fields == timeFields;
  }

  /** Whether the event has a row before the change, read or not. */
  boolean hasBefore() {
    return hasBefore;
  }

  /** Field names of the row before the change; null where there is none, or they were skipped. */
  @Nullable Shape beforeShape() {
    return beforeShape;
  }

  SourceBlock source() {
    return source;
  }

  /** When the event was written, in milliseconds; {@link SourceBlock#NO_TIME} if unknown. */
  long millis() {
    return millis;
  }

  /** The row before the change; filled only where {@link Before#READ} says so. */
  RawRow before() {
    return before;
  }

  /** The row after the change, or the row that the record is. */
  RawRow after() {
    return after;
  }
}
