package org.anabranch.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.anabranch.model.Schema;
import org.anabranch.model.Type;

/**
 * The file {@code _ab_table.json} beside the data files of one version of a table.
 *
 * <pre>{@code
 * {
 *   "format": 1,
 *   "table": "orders",
 *   "version": 7,
 *   "committedAt": "2026-01-02T03:04:05Z",
 *   "key": ["id"],
 *   "columns": [{"name": "id", "type": "bigint", "ordinal": 0}],
 *   "rows": 2,
 *   "files": [{"name": "part-00000-....parquet", "rows": 2, "bytes": 1234}],
 *   "progress": "any text"
 * }
 * }</pre>
 *
 * Columns are in the order of the data files; their types are texts of {@link Type#parse}. Members
 * a reader does not know are to be ignored; a greater {@code format} is not to be read.
 *
 * @param progress text of whoever committed the version, kept as it is
 */
record TableDescription(
    String table,
    long version,
    Instant committedAt,
    List<String> key,
    Schema schema,
    List<DataFile> files,
    String progress) {

  private static final int FORMAT = 1;
  private static final JsonFactory JSON = new JsonFactory();

  TableDescription {
    key = List.copyOf(key);
    files = List.copyOf(files);
  }

  /**
   * A data file.
   *
   * @param name in the directory of the version
   * @param rows number of rows
   * @param bytes size
   */
  record DataFile(String name, long rows, long bytes) {}

  void write(Path target) throws IOException {
    try (OutputStream out = Files.newOutputStream(target);
        JsonGenerator json = JSON.createGenerator(out)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeNumberField("format", FORMAT);
      json.writeStringField("table", table);
      json.writeNumberField("version", version);
      json.writeStringField("committedAt", committedAt.toString());
      json.writeArrayFieldStart("key");
      for (String column : key) {
        json.writeString(column);
      }

      json.writeEndArray();
      writeColumns(json);
      json.writeNumberField("rows", files.stream().mapToLong(DataFile::rows).sum());
      writeFiles(json);
      json.writeStringField("progress", progress);
      json.writeEndObject();
    }
  }

  private void writeColumns(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("columns");
    for (Schema.Column column : schema.columns()) {
      json.writeStartObject();
      json.writeStringField("name", column.name());
      json.writeStringField("type", column.type().toString());
      json.writeNumberField("ordinal", column.ordinal());
      json.writeEndObject();
    }

    json.writeEndArray();
  }

  private void writeFiles(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("files");
    for (DataFile file : files) {
      json.writeStartObject();
      json.writeStringField("name", file.name());
      json.writeNumberField("rows", file.rows());
      json.writeNumberField("bytes", file.bytes());
      json.writeEndObject();
    }

    json.writeEndArray();
  }

  static TableDescription read(Path source) throws IOException {
    try (InputStream in = Files.newInputStream(source);
        JsonParser json = JSON.createParser(in)) {
      json.nextToken();
      return new Reader(source).read(json);
    }
  }

  /** Fills in the members in whichever order they come. */
  private static final class Reader {

    private final Path source;
    private String table = "";
    private long version;
    private Instant committedAt = Instant.EPOCH;
    private final List<String> key = new ArrayList<>();
    private final List<Schema.Column> columns = new ArrayList<>();
    private final List<DataFile> files = new ArrayList<>();
    private String progress = "";

    Reader(Path source) {
      this.source = source;
    }

    TableDescription read(JsonParser json) throws IOException {
      while (nextMember(json)) {
        switch (json.currentName()) {
          case "format" -> checkFormat(json.getIntValue());
          case "table" -> table = json.getText();
          case "version" -> version = json.getLongValue();
          case "committedAt" -> committedAt = Instant.parse(json.getText());
          case "key" -> {
            while (json.nextToken() != JsonToken.END_ARRAY) {
              key.add(json.getText());
            }
          }
          case "columns" -> {
            while (json.nextToken() != JsonToken.END_ARRAY) {
              columns.add(column(json));
            }
          }
          case "files" -> {
            while (json.nextToken() != JsonToken.END_ARRAY) {
              files.add(file(json));
            }
          }
          case "progress" -> progress = json.getText();
          default -> json.skipChildren();
        }
      }

      return new TableDescription(
          table, version, committedAt, key, Schema.of(columns), files, progress);
    }

    private void checkFormat(int format) {
      if (format > FORMAT) {
        throw new IllegalStateException(
            source + " has format " + format + ", but this version reads up to " + FORMAT);
      }
    }

    private static Schema.Column column(JsonParser json) throws IOException {
      String name = "";
      Type type = Type.NULL;
      int ordinal = 0;
      while (nextMember(json)) {
        switch (json.currentName()) {
          case "name" -> name = json.getText();
          case "type" -> type = Type.parse(json.getText());
          case "ordinal" -> ordinal = json.getIntValue();
          default -> json.skipChildren();
        }
      }

      return new Schema.Column(name, type, ordinal);
    }

    private static DataFile file(JsonParser json) throws IOException {
      String name = "";
      long rows = 0;
      long bytes = 0;
      while (nextMember(json)) {
        switch (json.currentName()) {
          case "name" -> name = json.getText();
          case "rows" -> rows = json.getLongValue();
          case "bytes" -> bytes = json.getLongValue();
          default -> json.skipChildren();
        }
      }

      return new DataFile(name, rows, bytes);
    }

    /** Moves to the value of the next member of the object the parser is in. */
    private static boolean nextMember(JsonParser json) throws IOException {
      if (json.nextToken() != JsonToken.FIELD_NAME) {
        return false;
      }

      json.nextToken();
      return true;
    }
  }
}
