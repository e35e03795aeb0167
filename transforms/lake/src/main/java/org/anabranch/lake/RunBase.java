package org.anabranch.lake;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.transforms.archive.OffsetRanges;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.anabranch.transforms.source.SourceRules;
import org.apache.iceberg.util.JsonUtil;
import org.jspecify.annotations.Nullable;

/**
 * What a run must remember to be taken over: file {@code run.json} in its directory. Members that
 * runs of earlier programs did not write are what these programs did.
 *
 * @param buckets number of buckets of tables that the run makes
 * @param tables the versions the run builds on, by table
 * @param progress what the run commits with each table
 * @param rules what the run may do
 * @param archived offsets that the archive had, where the run archives
 * @param pipeline whose run it is; null: an earlier program did not tell
 */
record RunBase(
    int buckets,
    Map<String, TableBase> tables,
    Progress progress,
    RunRules rules,
    OffsetRanges archived,
    @Nullable RunPipeline pipeline) {

  private static final int VERSION = 1;
  private static final String FILE = "run.json";
  private static final String READ = "read";
  private static final String SCHEMA_CHANGES = "schemaChanges";
  private static final String OTHERS = "others";
  private static final String NAMED = "tables";
  private static final String ARCHIVED = "archived";
  private static final String SOURCES = "sources";
  private static final String MAX_DEAD_LETTERS = "maxDeadLetters";
  private static final String PIPELINE = "pipeline";
  private static final String NAME = "name";
  private static final String MERGED = "merged";
  private static final String COMPUTED = "computed";
  private static final String REDELIVERS = "redelivers";

  RunBase {
    tables = Collections.unmodifiableMap(new TreeMap<>(tables));
  }

  /** The pipeline of the run; one without a name where it has none, or does not tell. */
  RunPipeline pipelineOrNone() {
    return pipeline == null ? RunPipeline.NONE : pipeline;
  }

  /** The same for a table that is made with another number of buckets. */
  RunBase withBuckets(int other) {
    return new RunBase(other, tables, progress, rules, archived, pipeline);
  }

  /** The same for any table but the last one of a run. */
  RunBase beforeLast() {
    return with(progress.beforeLast());
  }

  RunBase with(Progress made) {
    return new RunBase(buckets, tables, made, rules, archived, pipeline);
  }

  RunBase with(RunPipeline known) {
    return new RunBase(buckets, tables, progress, rules, archived, known);
  }

  /** Writes it in place of what the directory of the run has. */
  void write(Storage run) throws IOException {
    run.replace(FILE, JsonUtil.generate(this::write, false));
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
    StateJson.writeNumbers(json, READ, progress.read());
    json.writeStringField("text", progress.text());
    json.writeStringField(MAX_DEAD_LETTERS, rules.maxDeadLetters().text());
    if (rules.archives()) {
      json.writeStringField(ARCHIVED, archived.toString());
    }

    JsonUtil.writeStringArray(SOURCES, rules.sources().toText(), json);
    json.writeObjectFieldStart(SCHEMA_CHANGES);
    json.writeStringField(OTHERS, rules.schemaChanges().others().name());
    json.writeObjectFieldStart(NAMED);
    for (Map.Entry<String, Policy> table : rules.schemaChanges().tables().entrySet()) {
      json.writeStringField(table.getKey(), table.getValue().name());
    }

    json.writeEndObject();
    json.writeEndObject();
    if (pipeline != null) {
      json.writeObjectFieldStart(PIPELINE);
      json.writeStringField(NAME, pipeline.name());
      JsonUtil.writeStringArray(MERGED, pipeline.merged(), json);
      json.writeObjectFieldStart(COMPUTED);
      for (Map.Entry<String, Integer> table : pipeline.computed().entrySet()) {
        json.writeNumberField(table.getKey(), table.getValue());
      }

      json.writeEndObject();
      if (pipeline.redelivers()) {
        json.writeBooleanField(REDELIVERS, true);
      }

      json.writeEndObject();
    }

    json.writeEndObject();
  }

  /** What the directory of a run has. */
  static RunBase read(Storage run) throws IOException {
    return JsonUtil.parse(run.read(FILE), RunBase::read);
  }

  /** The same; null where the run has just started, or has ended. */
  static @Nullable RunBase readIfThere(Storage run) throws IOException {
    String json = run.readIfThere(FILE);
    return json == null ? null : JsonUtil.parse(json, RunBase::read);
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
        new Progress(
            StateJson.numbers(json, "progress"),
            json.has(READ) ? StateJson.numbers(json, READ) : Map.of(),
            JsonUtil.getString("text", json)),
        rules(json),
        json.has(ARCHIVED)
            ? OffsetRanges.parse(JsonUtil.getString(ARCHIVED, json))
            : OffsetRanges.NONE,
        json.has(PIPELINE) ? pipeline(JsonUtil.get(PIPELINE, json)) : null);
  }

  private static RunPipeline pipeline(JsonNode json) {
    Map<String, Integer> computed = new LinkedHashMap<>();
    JsonUtil.get(COMPUTED, json)
        .fields()
        .forEachRemaining(table -> computed.put(table.getKey(), table.getValue().asInt()));
    List<String> merged = JsonUtil.getStringList(MERGED, json);
    boolean redelivers = json.has(REDELIVERS) && JsonUtil.getBool(REDELIVERS, json);
    return new RunPipeline(JsonUtil.getString(NAME, json), merged, computed, redelivers);
  }

  private static RunRules rules(JsonNode json) {
    return new RunRules(
        json.has(SCHEMA_CHANGES)
            ? schemaChanges(JsonUtil.get(SCHEMA_CHANGES, json))
            : SchemaChanges.EVOLVE,
        maxDeadLetters(json),
        json.has(ARCHIVED),
        json.has(SOURCES)
            ? SourceRules.fromText(JsonUtil.getStringList(SOURCES, json))
            : SourceRules.NONE);
  }

  /** Earlier programs wrote a number, the greatest one for no limit. */
  private static DeadLetterLimit maxDeadLetters(JsonNode json) {
    JsonNode limit = json.get(MAX_DEAD_LETTERS);
    if (limit == null || limit.asLong() == Long.MAX_VALUE) {
      return DeadLetterLimit.NONE;
    }

    return new DeadLetterLimit(limit.asText());
  }

  private static SchemaChanges schemaChanges(JsonNode json) {
    Map<String, Policy> named = new TreeMap<>();
    JsonUtil.get(NAMED, json)
        .fields()
        .forEachRemaining(
            table -> named.put(table.getKey(), Policy.valueOf(table.getValue().asText())));
    return new SchemaChanges(Policy.valueOf(JsonUtil.getString(OTHERS, json)), named);
  }
}
