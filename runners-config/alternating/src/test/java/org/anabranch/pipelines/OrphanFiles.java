package org.anabranch.pipelines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Files of a warehouse that no version of a table needs. */
final class OrphanFiles {

  /** Older than all that is left alone because it may belong to a run that is just starting. */
  private static final Duration AGE = Duration.ofHours(2);

  private OrphanFiles() {}

  /** Makes all files of a warehouse as old as if it had been left alone for a while. */
  static void age(Path warehouse) throws IOException {
    FileTime time = FileTime.from(Instant.now().minus(AGE));
    try (Stream<Path> all = Files.walk(warehouse)) {
      for (Path path : all.toList()) {
        Files.setLastModifiedTime(path, time);
      }
    }
  }

  /**
   * Adds a file as a run that died long ago leaves it, so that there is one whatever was killed.
   */
  static void plant(Path warehouse) throws IOException {
    String name = "ab-ab" + "0".repeat(17) + "-0-0.parquet";
    Files.writeString(warehouse.resolve("anabranch/customers/data").resolve(name), "PAR1");
  }

  /** The files, and what is left of runs. */
  static List<Path> of(Path warehouse) throws IOException {
    Set<Path> needed = NeededFiles.of(warehouse);
    List<Path> orphans = new ArrayList<>();
    try (Stream<Path> all = Files.walk(warehouse)) {
      all.filter(Files::isRegularFile)
          .filter(file -> !needed.contains(file.normalize()))
          .forEach(orphans::add);
    }

    try (Stream<Path> runs = Files.list(warehouse.resolve(".anabranch").resolve("runs"))) {
      runs.forEach(orphans::add);
    }

    return orphans;
  }
}
