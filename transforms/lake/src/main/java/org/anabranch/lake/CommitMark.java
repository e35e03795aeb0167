package org.anabranch.lake;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.lake.Storage.Entry;
import org.apache.iceberg.util.JsonUtil;
import org.jspecify.annotations.Nullable;

/**
 * Says that a run has committed all its tables, and what: file {@code committed.json} in its
 * directory. Form, version 1: an array of commits, each with its table, snapshot, version and
 * counts.
 */
final class CommitMark {

  private static final String FILE = "committed.json";

  private CommitMark() {}

  static boolean isIn(Storage run) {
    return run.exists(FILE);
  }

  /** When the run committed; null where it has not. */
  static @Nullable Instant time(Storage run) throws IOException {
    Entry mark = run.find(FILE);
    return mark == null ? null : mark.modified();
  }

  static void write(Storage run, List<TableCommitted> commits) throws IOException {
    run.replace(
        FILE,
        JsonUtil.generate(
            json -> {
              json.writeStartArray();
              for (TableCommitted commit : commits) {
                json.writeStartObject();
                json.writeStringField("table", commit.table());
                json.writeNumberField("snapshot", commit.snapshotId());
                json.writeNumberField("version", commit.version());
                json.writeObjectFieldStart("counts");
                for (Map.Entry<String, Long> count : commit.counts().entrySet()) {
                  json.writeNumberField(count.getKey(), count.getValue());
                }

                json.writeEndObject();
                json.writeEndObject();
              }

              json.writeEndArray();
            },
            false));
  }

  static List<TableCommitted> read(Storage run) throws IOException {
    return JsonUtil.parse(run.read(FILE), CommitMark::commits);
  }

  private static List<TableCommitted> commits(JsonNode json) {
    List<TableCommitted> commits = new ArrayList<>();
    for (JsonNode commit : json) {
      Map<String, Long> counts = new TreeMap<>();
      JsonUtil.get("counts", commit)
          .fields()
          .forEachRemaining(count -> counts.put(count.getKey(), count.getValue().asLong()));
      commits.add(
          new TableCommitted(
              JsonUtil.getString("table", commit),
              JsonUtil.getLong("snapshot", commit),
              JsonUtil.getLong("version", commit),
              counts));
    }

    return commits;
  }
}
