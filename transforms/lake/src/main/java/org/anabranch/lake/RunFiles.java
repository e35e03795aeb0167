package org.anabranch.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/** Tells which files of a run are in a table: those that its one snapshot brought. */
final class RunFiles {

  private RunFiles() {}

  /**
   * Names of the files of a run that the table needs, as of the metadata the operations have
   * loaded.
   *
   * @return null where the run is in the table, but one of its snapshots has expired
   */
  static @Nullable Set<String> committed(String name, TableOperations loaded, String run)
      throws IOException {
    FileIO io = loaded.io();
    TableMetadata table = loaded.current();
    Set<String> files = new HashSet<>();
    Set<String> found = new HashSet<>();
    for (Snapshot snapshot : table.snapshots()) {
      Map<String, String> summary = Objects.requireNonNullElse(snapshot.summary(), Map.of());
      String token = summary.getOrDefault(States.TOKEN, "");
      if (RunId.isToken(run, token)) {
        found.add(token);
        files.addAll(of(name, io, table, snapshot));
      }
    }

    String state = States.current(table);
    if (state.isEmpty()) {
      // The archive, which does not remember runs: where none is found, all it needs.
      return found.isEmpty() ? References.of(name, loaded) : files;
    }

    boolean isExpired =
        States.read(name, io, table, state).tokens().stream()
            .anyMatch(token -> RunId.isToken(run, token) && !found.contains(token));
    return isExpired ? null : files;
  }

  private static Set<String> of(String name, FileIO io, TableMetadata table, Snapshot snapshot)
      throws IOException {
    Set<String> files = new HashSet<>();
    files.add(References.name(snapshot.manifestListLocation()));
    List<ManifestFile> added = new ArrayList<>();
    for (ManifestFile manifest : snapshot.allManifests(io)) {
      files.add(References.name(manifest.path()));
      Long by = manifest.snapshotId();
      if (by != null && by == snapshot.snapshotId()) {
        added.add(manifest);
      }
    }

    new BucketFiles(io, table).forEach(added, file -> files.add(References.name(file.location())));
    String state = States.at(table, snapshot);
    if (!state.isEmpty()) {
      References.addState(files, name, io, table, state);
    }

    return files;
  }
}
