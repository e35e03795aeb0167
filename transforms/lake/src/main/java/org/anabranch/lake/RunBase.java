package org.anabranch.lake;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.util.JsonUtil;

/**
 * What a run must remember to be taken over: file {@code run.json} in its directory.
 *
 * @param buckets number of buckets of tables that the run makes
 * @param tables the versions the run builds on, by table
 * @param progress what the run commits with each table
 */
record RunBase(int buckets, Map<String, TableBase> tables, Progress progress) {

  private static final int VERSION = 1;
  private static final String FILE = "run.json";

  RunBase {
    tables = Collections.unmodifiableMap(new TreeMap<>(tables));
  }

  RunBase with(Progress made) {
    return new RunBase(buckets, tables, made);
  }

  void write(Path directory) throws IOException {
    Path partial = directory.resolve(FILE + ".part");
    Files.writeString(partial, JsonUtil.generate(this::write, false));
    Files.move(partial, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  private void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeNumberField("version", VERSION);
    json.writeNumberField("buckets", buckets);
    json.writeArrayFieldStart("tables");
    for (TableBase table : tables.values()) {
      table.write(json);
    }

    json.writeEndArray();
    StateJson.writeNumbers(json, "progress", progress.places());
    json.writeStringField("text", progress.text());
    json.writeEndObject();
  }

  static RunBase read(Path directory) throws IOException {
    return JsonUtil.parse(Files.readString(directory.resolve(FILE)), RunBase::read);
  }

  private static RunBase read(JsonNode json) {
    int version = JsonUtil.getInt("version", json);
    if (version > VERSION) {
      throw new IllegalStateException(
          "a run was left by a later program: version " + version + ", known up to " + VERSION);
    }

    Map<String, TableBase> tables = new TreeMap<>();
    for (JsonNode node : JsonUtil.get("tables", json)) {
      TableBase table = TableBase.read(node);
      tables.put(table.handle().table(), table);
    }

    return new RunBase(
        JsonUtil.getInt("buckets", json),
        tables,
        new Progress(StateJson.numbers(json, "progress"), JsonUtil.getString("text", json)));
  }
}
