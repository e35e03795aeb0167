package org.anabranch.lake;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.util.JsonUtil;

/**
 * What a worker tells the commit of one bucket, in {@code WrittenFile.content} as JSON: {@code
 * {"data":[ContentFile...],"deletes":[ContentFile...],"removes":[path...],"replaces":true|false,
 * "replacesKept":true|false,"kept":[Segment...],"keyForm":2,"newKey":[column...]}} with Iceberg's
 * JSON form of content files [1].
 *
 * <p>[1] org.apache.iceberg.ContentFileParser
 *
 * @param data JSON of the data files added
 * @param deletes JSON of the position delete files added
 * @param removes paths of stored data and delete files that go
 * @param replaces whether all files the bucket had before go
 * @param replacesKept whether all segments the bucket had before go
 * @param kept segments of records added
 * @param keyForm form of the bytes of keys by which rows and records are sorted and spread
 * @param newKey columns of the key that the table has from now on; empty where it keeps its own
 */
record FileContent(
    List<String> data,
    List<String> deletes,
    List<String> removes,
    boolean replaces,
    boolean replacesKept,
    List<TableHandle.Segment> kept,
    int keyForm,
    List<String> newKey) {

  /** Content of a table that keeps its key. */
  FileContent(
      List<String> data,
      List<String> deletes,
      List<String> removes,
      boolean replaces,
      boolean replacesKept,
      List<TableHandle.Segment> kept) {
    this(data, deletes, removes, replaces, replacesKept, kept, TableState.KEY_FORM, List.of());
  }

  String toJson() {
    return JsonUtil.generate(this::write, false);
  }

  private void write(JsonGenerator out) throws IOException {
    out.writeStartObject();
    writeFiles(out, "data", data);
    writeFiles(out, "deletes", deletes);
    out.writeArrayFieldStart("removes");
    for (String path : removes) {
      out.writeString(path);
    }

    out.writeEndArray();
    out.writeBooleanField("replaces", replaces);
    out.writeBooleanField("replacesKept", replacesKept);
    out.writeArrayFieldStart("kept");
    for (TableHandle.Segment segment : kept) {
      out.writeStartObject();
      out.writeNumberField("bucket", segment.bucket());
      out.writeStringField("path", segment.path());
      out.writeNumberField("records", segment.records());
      out.writeNumberField("bytes", segment.bytes());
      out.writeEndObject();
    }

    out.writeEndArray();
    out.writeNumberField("keyForm", keyForm);
    JsonUtil.writeStringArray("newKey", newKey, out);
    out.writeEndObject();
  }

  private static void writeFiles(JsonGenerator out, String name, List<String> files)
      throws IOException {
    out.writeArrayFieldStart(name);
    for (String file : files) {
      out.writeRawValue(file);
    }

    out.writeEndArray();
  }

  static FileContent fromJson(String json) {
    return JsonUtil.parse(json, FileContent::read);
  }

  private static FileContent read(JsonNode node) {
    List<TableHandle.Segment> kept = new ArrayList<>();
    for (JsonNode segment : JsonUtil.get("kept", node)) {
      kept.add(
          new TableHandle.Segment(
              JsonUtil.getInt("bucket", segment),
              JsonUtil.getString("path", segment),
              JsonUtil.getLong("records", segment),
              JsonUtil.getLong("bytes", segment)));
    }

    return new FileContent(
        files("data", node),
        files("deletes", node),
        // Runs of earlier programs removed none.
        node.has("removes") ? JsonUtil.getStringList("removes", node) : List.of(),
        JsonUtil.getBool("replaces", node),
        JsonUtil.getBool("replacesKept", node),
        kept,
        // Runs of earlier programs did not tell: there was one form.
        node.has("keyForm") ? JsonUtil.getInt("keyForm", node) : TableState.TYPED_KEY_FORM,
        node.has("newKey") ? JsonUtil.getStringList("newKey", node) : List.of());
  }

  private static List<String> files(String name, JsonNode node) {
    List<String> files = new ArrayList<>();
    JsonUtil.get(name, node).forEach(file -> files.add(file.toString()));
    return files;
  }
}
