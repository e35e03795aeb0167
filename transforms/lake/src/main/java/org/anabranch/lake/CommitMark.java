package org.anabranch.lake;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.lake.RunOutcome.Complete;
import org.anabranch.lake.RunOutcome.Effects;
import org.anabranch.lake.RunOutcome.Overtaken;
import org.anabranch.lake.RunOutcome.SchemasRefused;
import org.anabranch.lake.RunOutcome.TablesRefused;
import org.anabranch.lake.RunOutcome.TooManyDead;
import org.anabranch.lake.Storage.Entry;
import org.anabranch.model.Type;
import org.apache.iceberg.util.JsonUtil;
import org.jspecify.annotations.Nullable;

/**
 * Says what became of a run: file {@code committed.json} in its directory, written once. Form,
 * version 4: an object with the outcome, the commits of the run and those that its job has not
 * acknowledged (table, snapshot, version, counts, offsets), when each table was done, which were
 * merged again, and why tables were refused.
 */
final class CommitMark {

  private static final int VERSION = 4;
  private static final String FILE = "committed.json";
  private static final String COMPLETE = "complete";
  private static final String OVERTAKEN = "overtaken";
  private static final String TABLES_REFUSED = "tables refused";
  private static final String SCHEMAS_REFUSED = "schemas refused";
  private static final String TOO_MANY_DEAD = "too many dead letters";
  private static final String COMMITS = "commits";
  private static final String OPEN = "open";
  private static final String PUBLISHED = "published";
  private static final String MERGED_AGAIN = "mergedAgain";

  private CommitMark() {}

  static boolean isIn(Storage run) {
    return run.exists(FILE);
  }

  /** When the run was committed; null where it was not. */
  static @Nullable Instant time(Storage run) throws IOException {
    Entry mark = run.find(FILE);
    return mark == null ? null : mark.modified();
  }

  static void write(Storage run, RunOutcome outcome) throws IOException {
    run.replace(FILE, JsonUtil.generate(json -> write(json, outcome), false));
  }

  private static void write(JsonGenerator json, RunOutcome outcome) throws IOException {
    json.writeStartObject();
    json.writeNumberField("version", VERSION);
    if (outcome instanceof TablesRefused refused) {
      json.writeStringField("outcome", TABLES_REFUSED);
      JsonUtil.writeStringArray("refusals", refused.refusals(), json);
    } else if (outcome instanceof SchemasRefused refused) {
      json.writeStringField("outcome", SCHEMAS_REFUSED);
      writeChanges(json, refused.changes());
    } else if (outcome instanceof TooManyDead refused) {
      json.writeStringField("outcome", TOO_MANY_DEAD);
      json.writeNumberField("dead", refused.dead());
      json.writeStringField("allowed", refused.allowed());
    } else {
      json.writeStringField("outcome", outcome instanceof Overtaken ? OVERTAKEN : COMPLETE);
    }

    Effects effects = outcome.effects();
    json.writeNumberField("millis", effects.took().toMillis());
    writeCommits(json, COMMITS, effects.commits());
    writeCommits(json, OPEN, effects.open());
    Map<String, Long> published = new TreeMap<>();
    effects.published().forEach((table, at) -> published.put(table, at.toEpochMilli()));
    StateJson.writeNumbers(json, PUBLISHED, published);
    StateJson.writeNumbers(json, MERGED_AGAIN, effects.mergedAgain());
    json.writeEndObject();
  }

  private static void writeChanges(JsonGenerator json, List<SchemaChange> changes)
      throws IOException {
    json.writeArrayFieldStart("changes");
    for (SchemaChange change : changes) {
      json.writeStartObject();
      json.writeStringField("table", change.table());
      json.writeStringField("column", change.column());
      if (change.stored() != null) {
        json.writeStringField("stored", change.stored());
      }

      json.writeStringField("becomes", change.becomes().toString());
      json.writeEndObject();
    }

    json.writeEndArray();
  }

  private static void writeCommits(JsonGenerator json, String name, List<TableCommitted> commits)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (TableCommitted commit : commits) {
      json.writeStartObject();
      json.writeStringField("table", commit.table());
      json.writeNumberField("snapshot", commit.snapshotId());
      json.writeNumberField("version", commit.version());
      StateJson.writeNumbers(json, "counts", commit.counts());
      StateJson.writeNumbers(json, "offsets", commit.offsets());
      json.writeEndObject();
    }

    json.writeEndArray();
  }

  /** Null where the run is not committed yet, or has ended. */
  static @Nullable RunOutcome readIfThere(Storage run) throws IOException {
    String json = run.readIfThere(FILE);
    return json == null ? null : JsonUtil.parse(json, CommitMark::read);
  }

  private static RunOutcome read(JsonNode json) {
    int version = json.isObject() ? JsonUtil.getInt("version", json) : 1;
    if (version != VERSION) {
      throw new IllegalStateException(
          "a run was committed by another program: version %d of its mark, known is %d"
              .formatted(version, VERSION));
    }

    Effects effects = effects(json);
    return switch (JsonUtil.getString("outcome", json)) {
      case TABLES_REFUSED -> new TablesRefused(effects, JsonUtil.getStringList("refusals", json));
      case SCHEMAS_REFUSED -> new SchemasRefused(effects, changes(json));
      case TOO_MANY_DEAD ->
          new TooManyDead(
              effects, JsonUtil.getLong("dead", json), JsonUtil.getString("allowed", json));
      case OVERTAKEN -> new Overtaken(effects);
      default -> new Complete(effects);
    };
  }

  private static List<TableCommitted> commits(JsonNode json, String name) {
    List<TableCommitted> commits = new ArrayList<>();
    for (JsonNode commit : JsonUtil.get(name, json)) {
      commits.add(
          new TableCommitted(
              JsonUtil.getString("table", commit),
              JsonUtil.getLong("snapshot", commit),
              JsonUtil.getLong("version", commit),
              StateJson.numbers(commit, "counts"),
              StateJson.numbers(commit, "offsets")));
    }

    return commits;
  }

  private static Effects effects(JsonNode json) {
    Map<String, Instant> published = new TreeMap<>();
    StateJson.numbers(json, PUBLISHED)
        .forEach((table, millis) -> published.put(table, Instant.ofEpochMilli(millis)));
    return new Effects(
        commits(json, COMMITS),
        commits(json, OPEN),
        published,
        StateJson.numbers(json, MERGED_AGAIN),
        Duration.ofMillis(JsonUtil.getLong("millis", json)));
  }

  private static List<SchemaChange> changes(JsonNode json) {
    List<SchemaChange> changes = new ArrayList<>();
    for (JsonNode change : JsonUtil.get("changes", json)) {
      changes.add(
          new SchemaChange(
              JsonUtil.getString("table", change),
              JsonUtil.getString("column", change),
              JsonUtil.getStringOrNull("stored", change),
              Type.parse(JsonUtil.getString("becomes", change))));
    }

    return changes;
  }
}
