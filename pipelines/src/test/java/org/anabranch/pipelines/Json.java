package org.anabranch.pipelines;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** JSON as tests compare it: numbers keep all their digits and are equal by value. */
final class Json {

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private Json() {}

  static JsonNode parse(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static JsonNode read(Path file) throws IOException {
    return parse(Files.readString(file));
  }

  /** One value per line of a plain or gzipped file, empty lines left out. */
  static List<JsonNode> readLines(Path file) throws IOException {
    try (InputStream raw = Files.newInputStream(file);
        InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return lines.lines().filter(line -> !line.isBlank()).map(Json::parse).toList();
    }
  }

  static boolean same(JsonNode left, JsonNode right) {
    if (left.isNumber() && right.isNumber()) {
      return left.decimalValue().compareTo(right.decimalValue()) == 0;
    }

    if (left.isArray() && right.isArray()) {
      return left.size() == right.size() && sameElements(left.elements(), right.elements());
    }

    if (left.isObject() && right.isObject()) {
      return left.size() == right.size()
          && left.properties().stream()
              .allMatch(
                  field ->
                      right.has(field.getKey())
                          && same(field.getValue(), right.get(field.getKey())));
    }

    return left.equals(right);
  }

  private static boolean sameElements(Iterator<JsonNode> left, Iterator<JsonNode> right) {
    while (left.hasNext()) {
      if (!same(left.next(), right.next())) {
        return false;
      }
    }

    return true;
  }
}
