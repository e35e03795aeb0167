package org.anabranch.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/**
 * Finds, reads and writes the states of tables: files {@code LOCATION/_ab/state/RUN-UUID.json} that
 * never change. A snapshot's state is the one named in its summary; snapshots of other engines have
 * that of their nearest ancestor. The name is also a property of the table, for the day the last
 * snapshot that names it has expired.
 */
final class States {

  /** Summary property: the run that committed the snapshot. */
  static final String TOKEN = "anabranch.token";

  /** Summary property and table property: name of the state's file. */
  static final String STATE = "anabranch.state";

  /** Summary property: progress, as a text for people. */
  static final String PROGRESS = "anabranch.progress";

  /** Summary property: the pipeline whose run it is, where it has a name. */
  static final String PIPELINE = "anabranch.pipeline";

  /** Begins the names of summary properties: what the commit counted. */
  static final String COUNT = "anabranch.count.";

  static final String DIRECTORY = "_ab/state";

  private States() {}

  /** Name of the state of the current version; empty for a table that is not ours. */
  static String current(TableMetadata table) {
    return at(table, table.currentSnapshot());
  }

  /** Name of the state as of a snapshot. */
  static String at(TableMetadata table, @Nullable Snapshot snapshot) {
    String named = summary(table, snapshot, STATE);
    return named.isEmpty() ? table.property(STATE, "") : named;
  }

  /** A summary property of a snapshot or of its nearest ancestor that has it; else empty. */
  static String summary(TableMetadata table, @Nullable Snapshot snapshot, String property) {
    if (snapshot == null) {
      return "";
    }

    for (Snapshot ancestor : SnapshotUtil.ancestorsOf(snapshot.snapshotId(), table::snapshot)) {
      Map<String, String> summary = ancestor.summary();
      String value = summary == null ? null : summary.get(property);
      if (value != null) {
        return value;
      }
    }

    return "";
  }

  static String location(TableMetadata table, String name) {
    return table.location() + "/" + DIRECTORY + "/" + name;
  }

  /**
   * Reads a state.
   *
   * @throws BrokenTableException where it is empty, cut off or gone
   */
  static TableState read(String table, FileIO io, TableMetadata metadata, String name)
      throws IOException {
    if (name.isEmpty()) {
      throw new IllegalStateException(
          "the table in " + metadata.location() + " was not made by anabranch");
    }

    String location = location(metadata, name);
    try (InputStream in = io.newInputFile(location).newStream()) {
      return StateJson.read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (NotFoundException e) {
      throw new BrokenTableException(table, "there is no file " + location, e);
    } catch (UncheckedIOException | IllegalArgumentException e) {
      throw new BrokenTableException(table, "what is kept beside it is broken: " + location, e);
    }
  }

  /** Writes a state of a run and returns its name. */
  static String write(FileIO io, String location, String run, TableState state) throws IOException {
    String name = run + "-" + UUID.randomUUID() + ".json";
    byte[] bytes = StateJson.write(state).getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = io.newOutputFile(location + "/" + DIRECTORY + "/" + name).create()) {
      out.write(bytes);
    }

    return name;
  }
}
