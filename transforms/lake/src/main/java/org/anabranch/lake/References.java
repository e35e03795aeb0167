package org.anabranch.lake;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.anabranch.lake.TableHandle.Segment;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.io.FileIO;

/**
 * The names of all files that some version of a table needs. Names, for one file has more than one
 * path where there are links and mounts; ours are unique.
 */
final class References {

  private References() {}

  /** Names as of the metadata the operations have loaded. */
  static Set<String> of(String name, TableOperations loaded) throws IOException {
    FileIO io = loaded.io();
    TableMetadata table = loaded.current();
    Set<String> files = new HashSet<>();
    add(files, table.metadataFileLocation());
    table.previousFiles().forEach(entry -> add(files, entry.file()));
    table.statisticsFiles().forEach(file -> add(files, file.path()));
    table.partitionStatisticsFiles().forEach(file -> add(files, file.path()));
    Map<String, ManifestFile> manifests = new HashMap<>();
    Set<String> states = new HashSet<>();
    states.add(table.property(States.STATE, ""));
    for (Snapshot snapshot : table.snapshots()) {
      add(files, snapshot.manifestListLocation());
      snapshot.allManifests(io).forEach(manifest -> manifests.put(manifest.path(), manifest));
      states.add(States.at(table, snapshot));
    }

    manifests.keySet().forEach(manifest -> add(files, manifest));
    new BucketFiles(io, table).forEach(manifests.values(), file -> add(files, file.location()));
    for (String state : states) {
      if (!state.isEmpty()) {
        addState(files, name, io, table, state);
      }
    }

    return files;
  }

  static void addState(Set<String> files, String name, FileIO io, TableMetadata table, String state)
      throws IOException {
    add(files, States.location(table, state));
    for (Segment segment : States.read(name, io, table, state).segments()) {
      add(files, segment.path());
    }
  }

  private static void add(Set<String> files, String location) {
    files.add(name(location));
  }

  static String name(String location) {
    return Storage.fileName(location);
  }
}
