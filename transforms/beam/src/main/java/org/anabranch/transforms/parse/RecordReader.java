package org.anabranch.transforms.parse;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one record in one pass: a bare change event, a row, or either in a wrapper with the topic,
 * the key and the headers it had in Kafka. Fields come in any order, so nothing is decided here
 * that depends on the table. Fields hold until the next record; the object is not thread-safe.
 */
final class RecordReader {

  /** What the value of a record is. */
  enum Form {
    /** An object that may be a change event. */
    EVENT,
    /** A row of a table whose events are plain rows. */
    ROW,
    /** Null: the row of the key is gone. */
    TOMBSTONE,
    /** Something else. */
    OTHER
  }

  /** How a record is to be read. */
  enum Pass {
    /** As it looks. */
    FIRST,
    /** As a change event, with the row before the change. */
    WITH_BEFORE,
    /** As a change event even if its first field is not one of an envelope. */
    EVENT,
    /** The value in a wrapper as a row. */
    ROW_VALUE,
    /** The whole line as a row. */
    ROW_LINE
  }

  private static final Set<String> KNOWN =
      Set.of(
          "topic",
          "partition",
          "offset",
          "key",
          "value",
          "headers",
          "timestamp",
          "before",
          "after",
          "source",
          "op",
          "ts_ms",
          "ts_us",
          "ts_ns",
          "transaction",
          "schema",
          "payload",
          "status",
          "ddl",
          "tableChanges");

  private final RowsTables rowsTables;
  private final LineParser lines = LineParser.create();
  private final LineParser texts = LineParser.create();
  private final LineParser innerTexts = LineParser.create();
  private final DocumentReader documents = new DocumentReader();
  private final HeaderReader headers = new HeaderReader(documents);
  private final NameCache names = new NameCache();
  private final SchemaCache envelopeSchemas = new SchemaCache(ConnectTypes::envelope);
  private final RawRow key;
  private final RawRow oldKey;
  private boolean isMoved;
  private final ChangeEvent event;

  private Pass pass = Pass.FIRST;
  private byte[] bytes = {};
  private int base;
  private Form form = Form.OTHER;
  private boolean wrapped;
  private boolean hasPayload;
  private @Nullable RowTypes payloadTypes;
  private boolean isPlaced;
  private String topic = "";
  private long partition;
  private long offset;
  private boolean hasOffset;
  private long timestamp = SourceBlock.NO_TIME;
  private long shortTimestamp = SourceBlock.NO_TIME;
  private String place = "";

  RecordReader(RowsTables rowsTables) {
    this.rowsTables = rowsTables;
    Shapes shapes = new Shapes();
    key = new RawRow(shapes);
    oldKey = new RawRow(shapes);
    event = new ChangeEvent(names, shapes);
  }

  /**
   * Reads a record.
   *
   * @throws IOException where the slice is not one JSON value
   */
  void read(byte[] line, int from, int length, Pass how) throws IOException {
    pass = how;
    clear();
    bytes = line;
    base = from;
    JsonParser parser = lines.start(line, from, length);
    if (parser.nextToken() == JsonToken.START_OBJECT) {
      readLine(parser);
    } else {
      parser.skipChildren();
      parser.finishToken();
    }

    lines.expectEnd();
  }

  /**
   * Reads a record of a log, which has its key, its value and its headers apart. Each is parsed by
   * itself, so that a broken one cannot pass for part of another.
   *
   * @throws IOException where the value or the old key is not one JSON value
   */
  void readRecord(
      String recordTopic,
      byte @Nullable [] recordKey,
      byte @Nullable [] value,
      RecordHeaders recordHeaders,
      Pass how)
      throws IOException {
    pass = how;
    clear();
    wrapped = true;
    topic = recordTopic;
    readKeyOf(recordKey);
    place = " of the header " + HeaderReader.OLD_KEY;
    headers.readOldKey(recordHeaders, oldKey);
    isMoved = headers.hasNewKey();
    place = "";
    if (value == null) {
      form = Form.TOMBSTONE;
      return;
    }

    JsonToken token = start(value);
    readValue(lines, token);
    lines.finishToken();
    lines.expectEnd();
  }

  /** Reads a key; one that is no JSON, such as plain text, names no columns and is none. */
  private void readKeyOf(byte @Nullable [] recordKey) {
    if (recordKey == null) {
      return;
    }

    try {
      readKey(lines, start(recordKey));
      lines.finishToken();
      lines.expectEnd();
    } catch (IOException notJson) {
      key.clear();
    }
  }

  /** Starts a slice of its own and gives its first token. */
  private JsonToken start(byte[] slice) throws IOException {
    bytes = slice;
    base = 0;
    JsonToken token = lines.start(slice, 0, slice.length).nextToken();
    if (token == null) {
      throw new JsonParseException(lines, "no value");
    }

    return token;
  }

  private void clear() {
    form = Form.OTHER;
    wrapped = false;
    hasPayload = false;
    payloadTypes = null;
    isPlaced = false;
    place = "";
    topic = "";
    partition = 0;
    offset = 0;
    hasOffset = false;
    timestamp = SourceBlock.NO_TIME;
    shortTimestamp = SourceBlock.NO_TIME;
    key.clear();
    oldKey.clear();
    isMoved = false;
    clearEvent();
  }

  private void clearEvent() {
    if (pass == Pass.WITH_BEFORE) {
      event.clear(ChangeEvent.Before.READ);
    } else {
      boolean mayHaveShards = key.shape().columns().size() > 1;
      event.clear(mayHaveShards ? ChangeEvent.Before.NAMES : ChangeEvent.Before.SKIP);
    }
  }

  private void readLine(JsonParser parser) throws IOException {
    if (pass == Pass.ROW_LINE) {
      form = Form.ROW;
      readRow(parser);
      return;
    }

    String name = parser.nextFieldName();
    boolean plain = name != null && rowsTables.only() != null && !KNOWN.contains(name);
    if (pass == Pass.FIRST && plain) {
      form = Form.ROW;
      event.after().readFields(parser, name);
      return;
    }

    form = Form.EVENT;
    RowTypes types = readFields(parser, name);
    if (!wrapped && form != Form.ROW) {
      event.setTypes(types);
    }

    if (!wrapped && hasPayload) {
      endPayload();
    }
  }

  /** The payload was the value where the line says which record it is; else it tells by itself. */
  private void endPayload() {
    if (isPlaced || (key.kind() != RawRow.Kind.ABSENT && form != Form.OTHER)) {
      wrapped = true;
    } else if (form == Form.OTHER) {
      form = Form.EVENT;
    }
  }

  /** Reads the fields of a line: those of a wrapper and those of an event. */
  private @Nullable RowTypes readFields(JsonParser parser, @Nullable String first)
      throws IOException {
    RowTypes types = null;
    String name = first;
    while (name != null) {
      JsonToken token = parser.nextToken();
      if (!readWrapperField(name, token, parser)) {
        types = readEventField(name, token, parser, types);
      }

      name = parser.nextFieldName();
    }

    return payloadTypes == null ? types : payloadTypes;
  }

  /** Reads a field of an event or of the object around it; gives the types known after it. */
  private @Nullable RowTypes readEventField(
      String name, JsonToken token, JsonParser parser, @Nullable RowTypes types)
      throws IOException {
    if (name.equals("schema") && token == JsonToken.START_OBJECT) {
      return documents.schema(parser, bytes, base, envelopeSchemas);
    }

    if (name.equals("payload")) {
      RowTypes inner = readPayload(parser, token);
      return inner == null ? types : inner;
    }

    event.readField(name, token, parser);
    return types;
  }

  private boolean readWrapperField(String name, JsonToken token, JsonParser parser)
      throws IOException {
    switch (name) {
      case "key" -> readKey(parser, token);
      case "value" -> {
        wrapped = true;
        readValue(parser, token);
      }
      case "payload" -> readLinePayload(parser, token);
      case "topic" -> {
        isPlaced = true;
        topic = readName(parser, token);
      }
      case "partition" -> {
        isPlaced = true;
        partition = SourceBlock.number(parser, token, 0);
      }
      case "offset" -> readOffset(parser, token);
      case "headers" -> readHeaders(parser, token);
      case "timestamp" -> timestamp = SourceBlock.number(parser, token, SourceBlock.NO_TIME);
      case "ts" -> shortTimestamp = SourceBlock.number(parser, token, SourceBlock.NO_TIME);
      default -> {
        return isSkippedBeside(name, parser);
      }
    }

    return true;
  }

  /** Skips what stands beside the value of a wrapper and means nothing; false where it may. */
  private boolean isSkippedBeside(String name, JsonParser parser) throws IOException {
    boolean isBeside = wrapped || (hasPayload && !name.equals("schema"));
    if (isBeside) {
      parser.skipChildren();
    }

    return isBeside;
  }

  private void readOffset(JsonParser parser, JsonToken token) throws IOException {
    isPlaced = true;
    offset = SourceBlock.number(parser, token, 0);
    hasOffset = token == JsonToken.VALUE_NUMBER_INT;
  }

  private void readHeaders(JsonParser parser, JsonToken token) throws IOException {
    headers.readOldKey(parser, token, oldKey, bytes, base);
    isMoved = headers.hasNewKey();
  }

  /** Reads the payload of a line like the value of a wrapper, which wins over it. */
  private void readLinePayload(JsonParser parser, JsonToken token) throws IOException {
    if (wrapped) {
      parser.skipChildren();
      return;
    }

    hasPayload = true;
    readValue(parser, token);
    payloadTypes = event.after().types();
  }

  private String readName(JsonParser parser, JsonToken token) throws IOException {
    if (token != JsonToken.VALUE_STRING) {
      parser.skipChildren();
      return "";
    }

    return names.get(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
  }

  private void readKey(JsonParser parser, JsonToken token) throws IOException {
    key.clear();
    if (token == JsonToken.VALUE_STRING && isObject(parser)) {
      documents.readText(parser.getText(), key);
      return;
    }

    documents.readValue(parser, token, key, bytes, base);
  }

  /** Whether the string the parser stands at looks like the text of an object. */
  private static boolean isObject(JsonParser parser) throws IOException {
    char[] chars = parser.getTextCharacters();
    int start = parser.getTextOffset();
    int end = start + parser.getTextLength();
    for (int i = start; i < end; i++) {
      if (chars[i] > ' ') {
        return chars[i] == '{';
      }
    }

    return false;
  }

  private void readValue(JsonParser parser, JsonToken token) throws IOException {
    clearEvent();
    if (token == JsonToken.VALUE_STRING && isObject(parser)) {
      readValueText(parser.getText());
      return;
    }

    if (token == JsonToken.START_OBJECT) {
      readObject(parser);
      return;
    }

    form = token == JsonToken.VALUE_NULL ? Form.TOMBSTONE : Form.OTHER;
    parser.skipChildren();
  }

  private void readValueText(String text) throws IOException {
    byte[] outer = bytes;
    int outerBase = base;
    bytes = text.getBytes(StandardCharsets.UTF_8);
    base = 0;
    texts.start(bytes, 0, bytes.length).nextToken();
    readObject(texts);
    texts.expectEnd();
    bytes = outer;
    base = outerBase;
  }

  private @Nullable RowTypes readPayloadText(String text) throws IOException {
    byte[] outer = bytes;
    int outerBase = base;
    bytes = text.getBytes(StandardCharsets.UTF_8);
    base = 0;
    innerTexts.start(bytes, 0, bytes.length).nextToken();
    RowTypes types = readEvent(innerTexts);
    innerTexts.expectEnd();
    bytes = outer;
    base = outerBase;
    return types;
  }

  private void readObject(JsonParser parser) throws IOException {
    if (pass == Pass.ROW_VALUE || (pass == Pass.FIRST && rowsTables.contains(topic))) {
      form = Form.ROW;
      readRow(parser);
      return;
    }

    form = Form.EVENT;
    event.setTypes(readEvent(parser));
  }

  /** Reads a row, which may be a text in a payload. */
  private void readRow(JsonParser parser) throws IOException {
    RawRow row = event.after();
    documents.readObject(parser, row, bytes, base);
    String text = row.scalarText();
    if (text != null && text.stripLeading().startsWith("{")) {
      documents.readText(text, row);
    }
  }

  /** Reads the fields of an event up to its end; gives the types in the schema beside it. */
  private @Nullable RowTypes readEvent(JsonParser parser) throws IOException {
    RowTypes types = null;
    String name = parser.nextFieldName();
    while (name != null) {
      types = readEventField(name, parser.nextToken(), parser, types);
      name = parser.nextFieldName();
    }

    return types;
  }

  private @Nullable RowTypes readPayload(JsonParser parser, JsonToken token) throws IOException {
    if (token == JsonToken.START_OBJECT) {
      return readEvent(parser);
    }

    if (token == JsonToken.VALUE_STRING && parser != innerTexts && isObject(parser)) {
      return readPayloadText(parser.getText());
    }

    if (token == JsonToken.VALUE_NULL) {
      form = Form.TOMBSTONE;
    }

    parser.skipChildren();
    return null;
  }

  /** Which part of the record was being read, for messages; empty for the line or the value. */
  String place() {
    return place;
  }

  Form form() {
    return form;
  }

  /** Whether the record had a wrapper. */
  boolean isWrapped() {
    return wrapped;
  }

  /** Whether what was read as a row has the fields of an event or a wrapper. */
  boolean rowLooksLikeEvent() {
    Shape shape = event.after().shape();
    boolean event =
        shape.has("op") && (shape.has("after") || shape.has("before") || shape.has("source"));
    return event
        || (shape.has("value") && (shape.has("topic") || shape.has("key")))
        || (shape.has("payload") && shape.has("topic"))
        || (shape.has("schema") && shape.has("payload"));
  }

  /** Topic; empty where the record does not say. */
  String topic() {
    return topic;
  }

  long partition() {
    return partition;
  }

  long offset() {
    return offset;
  }

  /** Whether the record says where in which topic it stood. */
  boolean hasCoordinate() {
    return hasOffset && !topic.isEmpty();
  }

  /** Time the wrapper has for the record, in milliseconds; {@link SourceBlock#NO_TIME} without. */
  long timestamp() {
    if (!wrapped) {
      return SourceBlock.NO_TIME;
    }

    return timestamp == SourceBlock.NO_TIME ? shortTimestamp : timestamp;
  }

  RawRow key() {
    return key;
  }

  /** The key the row had before this change, from the header of the record. */
  RawRow oldKey() {
    return oldKey;
  }

  /** Whether the headers say that the row went to another key. */
  boolean isMoved() {
    return isMoved;
  }

  /** The event; of a row it has only the row after the change. */
  ChangeEvent event() {
    return event;
  }
}
