package org.anabranch.transforms.parse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Finds the old key of a row whose primary key changed among the headers of a record. Headers are
 * an object of names and values, a list of objects with a field {@code key} and a field {@code
 * value}, or a list in which names and values alternate; a value is a document or the text of one.
 */
final class HeaderReader {

  /** The header Debezium gives to the create event that stands for the new key. */
  static final String OLD_KEY = "__debezium.oldkey";

  /** The header Debezium gives to the delete event that stands for the old key. */
  static final String NEW_KEY = "__debezium.newkey";

  /** A header has two fields. */
  private static final int MAX_FIELDS = 100;

  private boolean hasNewKey;

  private final DocumentReader documents;
  private final LineParser texts = LineParser.create();
  private final RawRow header = new RawRow(new Shapes(MAX_FIELDS));

  HeaderReader(DocumentReader documents) {
    this.documents = documents;
  }

  /**
   * Reads the headers the parser stands at, up to their end.
   *
   * @param oldKey becomes the old key, or absent
   * @param bytes what the parser reads
   * @param base where in it the parser started
   */
  void readOldKey(JsonParser parser, JsonToken token, RawRow oldKey, byte[] bytes, int base)
      throws IOException {
    oldKey.clear();
    hasNewKey = false;
    if (token == JsonToken.START_OBJECT) {
      readObject(parser, oldKey, bytes, base);
    } else if (token == JsonToken.START_ARRAY) {
      readList(parser, oldKey);
    } else {
      parser.skipChildren();
    }
  }

  /**
   * Reads the headers of a record of a log, each a document or the text of one.
   *
   * @param oldKey becomes the old key, or absent
   * @throws IOException where the old key looks like an object and is none
   */
  void readOldKey(RecordHeaders headers, RawRow oldKey) throws IOException {
    oldKey.clear();
    hasNewKey = headers.has(NEW_KEY);
    byte[] value = headers.last(OLD_KEY);
    if (value == null) {
      return;
    }

    String text = new String(value, StandardCharsets.UTF_8).strip();
    if (text.startsWith("{")) {
      documents.readText(value, oldKey);
    } else if (text.startsWith("\"")) {
      readText(unquoted(value), oldKey);
    }
  }

  private String unquoted(byte[] quoted) throws IOException {
    texts.start(quoted, 0, quoted.length).nextToken();
    String text = texts.getText();
    texts.expectEnd();
    return text;
  }

  /** Whether the headers read last say that the row went to another key. */
  boolean hasNewKey() {
    return hasNewKey;
  }

  private void readObject(JsonParser parser, RawRow oldKey, byte[] bytes, int base)
      throws IOException {
    String name = parser.nextFieldName();
    while (name != null) {
      JsonToken value = parser.nextToken();
      hasNewKey |= name.equals(NEW_KEY);
      if (!name.equals(OLD_KEY)) {
        parser.skipChildren();
      } else if (value == JsonToken.VALUE_STRING) {
        readText(parser.getText(), oldKey);
      } else {
        documents.readValue(parser, value, oldKey, bytes, base);
      }

      name = parser.nextFieldName();
    }
  }

  private void readList(JsonParser parser, RawRow oldKey) throws IOException {
    JsonToken token = parser.nextToken();
    while (token != JsonToken.END_ARRAY) {
      if (token == JsonToken.START_OBJECT) {
        header.readObject(parser);
        String value = header.text("value");
        hasNewKey |= NEW_KEY.equals(header.text("key"));
        if (value != null && OLD_KEY.equals(header.text("key"))) {
          readText(value, oldKey);
        }
      } else if (token == JsonToken.VALUE_STRING) {
        String name = parser.getText();
        token = parser.nextToken();
        if (token == JsonToken.END_ARRAY) {
          return;
        }

        hasNewKey |= name.equals(NEW_KEY);
        if (token == JsonToken.VALUE_STRING && name.equals(OLD_KEY)) {
          readText(parser.getText(), oldKey);
        } else {
          parser.skipChildren();
        }
      } else {
        parser.skipChildren();
      }

      token = parser.nextToken();
    }
  }

  /** An old key that is not the text of an object names no columns and is of no use. */
  private void readText(String text, RawRow oldKey) throws IOException {
    if (text.stripLeading().startsWith("{")) {
      documents.readText(text, oldKey);
    }
  }
}
