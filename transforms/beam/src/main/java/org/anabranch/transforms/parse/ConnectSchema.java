package org.anabranch.transforms.parse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A schema as Kafka Connect's JSON converter writes it beside a payload: {@code type}, {@code name}
 * (the meaning), {@code parameters}, {@code fields} of a struct, {@code items} of an array [1].
 *
 * <p>[1] Apache Kafka, org.apache.kafka.connect.json.JsonSchema,
 * https://kafka.apache.org/documentation/#connect
 *
 * @param type name of the physical type; empty when missing
 * @param name name of the meaning; empty when missing
 * @param parameters by name
 * @param fields of a struct by name, in order
 * @param items of an array
 */
record ConnectSchema(
    String type,
    String name,
    Map<String, String> parameters,
    Map<String, ConnectSchema> fields,
    @Nullable ConnectSchema items) {

  /** Reads the object the parser stands at, up to its end. What is not understood is skipped. */
  static ConnectSchema read(JsonParser parser) throws IOException {
    return readField(parser, new HashMap<>(), "");
  }

  /** Reads one schema and enters it into {@code siblings} under the name of its field, if any. */
  private static ConnectSchema readField(
      JsonParser parser, Map<String, ConnectSchema> siblings, String defaultField)
      throws IOException {
    String type = "";
    String name = "";
    String field = defaultField;
    Map<String, String> parameters = Map.of();
    Map<String, ConnectSchema> fields = Map.of();
    ConnectSchema items = null;
    String key = parser.nextFieldName();
    while (key != null) {
      JsonToken token = parser.nextToken();
      if (token == JsonToken.VALUE_STRING) {
        String text = parser.getText();
        switch (key) {
          case "type" -> type = text;
          case "name" -> name = text;
          case "field" -> field = text;
          default -> {}
        }
      } else if (token == JsonToken.START_OBJECT && key.equals("parameters")) {
        parameters = readParameters(parser);
      } else if (token == JsonToken.START_OBJECT && key.equals("items")) {
        items = readField(parser, new HashMap<>(), "");
      } else if (token == JsonToken.START_ARRAY && key.equals("fields")) {
        fields = readFields(parser);
      } else {
        parser.skipChildren();
      }

      key = parser.nextFieldName();
    }

    ConnectSchema schema = new ConnectSchema(type, name, parameters, fields, items);
    siblings.put(field, schema);
    return schema;
  }

  private static Map<String, ConnectSchema> readFields(JsonParser parser) throws IOException {
    Map<String, ConnectSchema> fields = new LinkedHashMap<>();
    JsonToken token = parser.nextToken();
    while (token != JsonToken.END_ARRAY) {
      if (token == JsonToken.START_OBJECT) {
        readField(parser, fields, "");
      } else {
        parser.skipChildren();
      }

      token = parser.nextToken();
    }

    return fields;
  }

  private static Map<String, String> readParameters(JsonParser parser) throws IOException {
    Map<String, String> parameters = new HashMap<>();
    String key = parser.nextFieldName();
    while (key != null) {
      if (parser.nextToken().isScalarValue()) {
        parameters.put(key, parser.getText());
      } else {
        parser.skipChildren();
      }

      key = parser.nextFieldName();
    }

    return parameters;
  }

  /** Number in a parameter; the default when it is missing or is no number. */
  int parameter(String key, int defaultValue) {
    try {
      return Integer.parseInt(parameters.getOrDefault(key, ""));
    } catch (NumberFormatException e) {
      return defaultValue;
    }
  }
}
