package org.anabranch.kafka;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A record as a line of a file has it: {@code
 * {"topic":..,"timestamp":..,"key":..,"value":..,"headers":..}}. Key, value and headers are the
 * bytes as they stand in the line.
 */
final class TopicLine {

  private static final JsonFactory JSON = new JsonFactory();

  private final String topic;
  private final @Nullable Long timestamp;
  private final byte @Nullable [] key;
  private final byte @Nullable [] value;
  private final Map<String, byte[]> headers;

  private TopicLine(
      String topic,
      @Nullable Long timestamp,
      byte @Nullable [] key,
      byte @Nullable [] value,
      Map<String, byte[]> headers) {
    this.topic = topic;
    this.timestamp = timestamp;
    this.key = key;
    this.value = value;
    this.headers = headers;
  }

  /** Reads a line; empty where it is no JSON, or names no topic or no value. */
  static Optional<TopicLine> read(byte[] line) {
    try (JsonParser parser = JSON.createParser(line)) {
      return parser.nextToken() == JsonToken.START_OBJECT ? read(line, parser) : Optional.empty();
    } catch (IOException noJson) {
      return Optional.empty();
    }
  }

  private static Optional<TopicLine> read(byte[] line, JsonParser parser) throws IOException {
    String topic = "";
    Long timestamp = null;
    byte[] key = null;
    byte[] value = null;
    boolean hasValue = false;
    Map<String, byte[]> headers = Map.of();
    String name = parser.nextFieldName();
    while (name != null) {
      JsonToken token = parser.nextToken();
      switch (name) {
        case "topic" -> topic = token == JsonToken.VALUE_STRING ? parser.getText() : "";
        case "timestamp" -> timestamp = timestamp(parser, token);
        case "key" -> key = slice(line, parser, token);
        case "value" -> {
          hasValue = true;
          value = slice(line, parser, token);
        }
        case "headers" -> headers = headers(line, parser, token);
        default -> parser.skipChildren();
      }

      name = parser.nextFieldName();
    }

    boolean isWhole = parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
    return isWhole && hasValue && !topic.isEmpty()
        ? Optional.of(new TopicLine(topic, timestamp, key, value, headers))
        : Optional.empty();
  }

  /** Milliseconds since the epoch; null where that is no time a broker takes. */
  private static @Nullable Long timestamp(JsonParser parser, JsonToken token) throws IOException {
    boolean isLong =
        token == JsonToken.VALUE_NUMBER_INT
            && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    parser.skipChildren();
    return isLong && parser.getLongValue() >= 0 ? parser.getLongValue() : null;
  }

  private static Map<String, byte[]> headers(byte[] line, JsonParser parser, JsonToken token)
      throws IOException {
    Map<String, byte[]> headers = new LinkedHashMap<>();
    if (token != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return headers;
    }

    String name = parser.nextFieldName();
    while (name != null) {
      byte[] value = slice(line, parser, parser.nextToken());
      headers.put(name, value == null ? new byte[0] : value);
      name = parser.nextFieldName();
    }

    return headers;
  }

  /** Bytes of the value the parser stands at; null for a null. Leaves the parser at its end. */
  private static byte @Nullable [] slice(byte[] line, JsonParser parser, JsonToken token)
      throws IOException {
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }

    int start = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    parser.finishToken();
    return Arrays.copyOfRange(line, start, (int) parser.currentLocation().getByteOffset());
  }

  String topic() {
    return topic;
  }

  /** Time of the record, milliseconds since the epoch; null where the line has none. */
  @Nullable Long timestamp() {
    return timestamp;
  }

  /** Key; null where there is none. */
  byte @Nullable [] key() {
    return key;
  }

  /** Value; null for a tombstone. */
  byte @Nullable [] value() {
    return value;
  }

  Map<String, byte[]> headers() {
    return headers;
  }
}
