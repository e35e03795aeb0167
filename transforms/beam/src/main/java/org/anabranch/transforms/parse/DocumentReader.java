package org.anabranch.transforms.parse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads keys and rows that may stand in an object of {@code schema} and {@code payload}, in either
 * order, as Kafka Connect's JSON converter writes them. An object with only one of the two fields,
 * or with others beside them, is a key or a row itself.
 */
final class DocumentReader {

  private final LineParser texts = LineParser.create();
  private final LineParser again = LineParser.create();
  private final SchemaCache schemas = new SchemaCache(ConnectTypes::row);

  /** How many field names the parsers keep in memory. */
  int names() {
    return texts.names() + again.names();
  }

  /** Reads a document from the text of an object. */
  void readText(String text, RawRow row) throws IOException {
    readText(text.getBytes(StandardCharsets.UTF_8), row);
  }

  /** Reads a document from the text of an object, in UTF-8. */
  void readText(byte[] bytes, RawRow row) throws IOException {
    texts.start(bytes, 0, bytes.length);
    readValue(texts, texts.nextToken(), row, bytes, 0);
    texts.expectEnd();
  }

  /**
   * Reads the value the parser stands at: an object as a document, a single value as such; null and
   * arrays leave the row empty.
   *
   * @param bytes what the parser reads
   * @param base where in it the parser started
   */
  void readValue(JsonParser parser, @Nullable JsonToken token, RawRow row, byte[] bytes, int base)
      throws IOException {
    if (token == JsonToken.START_OBJECT) {
      readObject(parser, row, bytes, base);
      return;
    }

    row.clear();
    if (token == JsonToken.START_ARRAY) {
      parser.skipChildren();
    } else if (token != null && token != JsonToken.VALUE_NULL) {
      row.readScalar(parser);
    }
  }

  /** Reads the object the parser stands at, up to its end. */
  void readObject(JsonParser parser, RawRow row, byte[] bytes, int base) throws IOException {
    row.clear();
    long start = parser.currentTokenLocation().getByteOffset();
    String name = parser.nextFieldName();
    if (name == null || (!name.equals("schema") && !name.equals("payload"))) {
      row.readFields(parser, name);
      return;
    }

    boolean hasSchema = false;
    boolean hasPayload = false;
    boolean hasOthers = false;
    RowTypes types = null;
    while (name != null) {
      JsonToken token = parser.nextToken();
      if (name.equals("schema") && token == JsonToken.START_OBJECT) {
        hasSchema = true;
        types = schema(parser, bytes, base, schemas);
      } else if (name.equals("schema") && token == JsonToken.VALUE_NULL) {
        hasSchema = true;
      } else if (name.equals("payload")) {
        hasPayload = true;
        readPayload(parser, token, row);
      } else {
        hasOthers = true;
        parser.skipChildren();
      }

      name = parser.nextFieldName();
    }

    if (hasOthers || !hasSchema || !hasPayload) {
      readAgain(bytes, base + (int) start, row);
      return;
    }

    row.setTypes(types);
  }

  private static void readPayload(JsonParser parser, JsonToken token, RawRow row)
      throws IOException {
    row.clear();
    if (token == JsonToken.START_OBJECT) {
      row.readObject(parser);
    } else if (token.isScalarValue() && token != JsonToken.VALUE_NULL) {
      row.readScalar(parser);
    } else {
      parser.skipChildren();
    }
  }

  private void readAgain(byte[] bytes, int start, RawRow row) throws IOException {
    row.clear();
    again.start(bytes, start, bytes.length - start).nextToken();
    row.readObject(again);
  }

  /** Types of the schema the parser stands at; leaves the parser at its end. */
  RowTypes schema(JsonParser parser, byte[] bytes, int base, SchemaCache cache) throws IOException {
    int start = base + (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    int end = base + (int) parser.currentLocation().getByteOffset();
    return cache.get(bytes, start, end - start);
  }
}
