package org.anabranch.lake;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.apache.iceberg.util.JsonUtil;

/**
 * The version of a table that a run builds on.
 *
 * @param handle what workers get of it
 * @param schemaId of Iceberg's schema; -1 where the table is new
 * @param state name of its state; empty where the table is new
 */
record TableBase(TableHandle handle, int schemaId, String state) {

  /** A table that does not exist. */
  static TableBase missing(String table, String location) {
    return new TableBase(
        new TableHandle(
            table,
            location,
            "",
            -1,
            0,
            TableState.KEY_FORM,
            List.of(),
            List.of(),
            List.of(),
            List.of()),
        -1,
        "");
  }

  /** The same version, its metadata read from elsewhere. */
  TableBase withMetadata(String location) {
    return new TableBase(
        new TableHandle(
            handle.table(),
            handle.location(),
            location,
            handle.snapshotId(),
            handle.buckets(),
            handle.keyForm(),
            handle.key(),
            handle.columns(),
            handle.segments(),
            handle.facts()),
        schemaId,
        state);
  }

  boolean isMissing() {
    return handle.metadataLocation().isEmpty();
  }

  /**
   * Form, version 1: the members of the handle and of this, by their names. Runs of earlier
   * programs have no {@code keyForm}.
   */
  void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("table", handle.table());
    json.writeStringField("location", handle.location());
    json.writeStringField("metadata", handle.metadataLocation());
    json.writeNumberField("snapshot", handle.snapshotId());
    json.writeNumberField("buckets", handle.buckets());
    json.writeNumberField("keyForm", handle.keyForm());
    JsonUtil.writeStringArray("key", handle.key(), json);
    JsonUtil.writeStringArray("columns", handle.columns(), json);
    StateJson.writeSegments(json, handle.segments());
    JsonUtil.writeStringArray(StateJson.FACTS, handle.facts(), json);
    json.writeNumberField("schema", schemaId);
    json.writeStringField("state", state);
    json.writeEndObject();
  }

  static TableBase read(JsonNode json) {
    List<String> key = JsonUtil.getStringList("key", json);
    List<String> columns = JsonUtil.getStringList("columns", json);
    return new TableBase(
        new TableHandle(
            JsonUtil.getString("table", json),
            JsonUtil.getString("location", json),
            JsonUtil.getString("metadata", json),
            JsonUtil.getLong("snapshot", json),
            JsonUtil.getInt("buckets", json),
            json.has("keyForm")
                ? JsonUtil.getInt("keyForm", json)
                : TableState.keyFormOfOld(key, Columns.fromText(columns)),
            key,
            columns,
            StateJson.segments(json),
            StateJson.facts(json)),
        JsonUtil.getInt("schema", json),
        JsonUtil.getString("state", json));
  }
}
