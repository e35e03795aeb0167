package org.anabranch.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ReachableFileUtil;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.hadoop.HadoopTables;
import org.apache.iceberg.io.CloseableIterable;

/**
 * Files that the versions of a warehouse's tables need, found with Iceberg's own means and what is
 * written down of the files beside the tables; nothing of the code that removes them.
 */
final class NeededFiles {

  private static final String STATE = "anabranch.state";
  private static final String LOCK = "lock";

  private NeededFiles() {}

  /** All of them, and the locks of the tables. */
  static Set<Path> of(Path warehouse) throws IOException {
    Set<Path> needed = new HashSet<>();
    try (Stream<Path> tables = Files.list(warehouse.resolve("anabranch"))) {
      for (Path table : tables.toList()) {
        needed.addAll(neededBy(table));
      }
    }

    return needed;
  }

  /** Those that are not there. */
  static List<Path> missing(Path warehouse) throws IOException {
    return of(warehouse).stream().filter(file -> !Files.exists(file)).sorted().toList();
  }

  private static Set<Path> neededBy(Path directory) throws IOException {
    Table table = new HadoopTables(new Configuration()).load(directory.toString());
    TableOperations operations = ((HasTableOperations) table).operations();
    Set<Path> needed = new HashSet<>();
    needed.add(directory.resolve("_ab").resolve(LOCK));
    add(needed, ReachableFileUtil.versionHintLocation(table));
    ReachableFileUtil.metadataFileLocations(table, false).forEach(file -> add(needed, file));
    ReachableFileUtil.manifestListLocations(table).forEach(file -> add(needed, file));
    ReachableFileUtil.statisticsFilesLocations(table).forEach(file -> add(needed, file));
    Set<String> states = new HashSet<>();
    states.add(operations.current().property(STATE, ""));
    for (Snapshot snapshot : table.snapshots()) {
      states.add(snapshot.summary().getOrDefault(STATE, ""));
      for (ManifestFile manifest : snapshot.allManifests(table.io())) {
        add(needed, manifest.path());
        addContent(needed, table, manifest);
      }
    }

    states.remove("");
    for (String state : states) {
      Path file = directory.resolve("_ab").resolve("state").resolve(state);
      needed.add(file.normalize());
      for (JsonNode segment : Json.read(file).get("segments")) {
        add(needed, segment.get("path").textValue());
      }
    }

    return needed;
  }

  private static void addContent(Set<Path> needed, Table table, ManifestFile manifest)
      throws IOException {
    boolean isData = manifest.content() == ManifestContent.DATA;
    try (CloseableIterable<? extends ContentFile<?>> files =
        isData
            ? ManifestFiles.read(manifest, table.io(), table.specs())
            : ManifestFiles.readDeleteManifest(manifest, table.io(), table.specs())) {
      files.forEach(file -> add(needed, file.location()));
    }
  }

  private static void add(Set<Path> needed, String location) {
    needed.add(Path.of(location.replaceFirst("^file:/*", "/")).normalize());
  }
}
