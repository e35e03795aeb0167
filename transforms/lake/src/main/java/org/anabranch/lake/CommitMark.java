package org.anabranch.lake;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

  static boolean isIn(Path directory) {
    return Files.exists(directory.resolve(FILE));
  }

  /** When the run committed; null where it has not. */
  static @Nullable Instant time(Path directory) throws IOException {
    try {
      return Files.getLastModifiedTime(directory.resolve(FILE)).toInstant();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  static void write(Path directory, List<TableCommitted> commits) throws IOException {
    Path partial = directory.resolve(FILE + ".part");
    Files.writeString(
        partial,
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
    Files.move(partial, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  static List<TableCommitted> read(Path directory) throws IOException {
    return JsonUtil.parse(Files.readString(directory.resolve(FILE)), CommitMark::commits);
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
