package org.anabranch.lake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;

/**
 * Removes old versions, files that no version needs, and the directories of dead runs. Safe beside
 * runs that are alive, of this process or others: files are listed first, then it is found out
 * which runs are alive, and then which files the tables need. Whatever was listed and belongs to a
 * run that is not alive was committed before the tables are looked at, or never will be. Runs that
 * can be taken over count as alive; versions that a run builds on stay until it has ended.
 */
final class Upkeep {

  /**
   * The start of a run, and a commit from its metadata file on, take seconds, or minutes where a
   * lock or a database is waited for; who has not come further by then is dead.
   */
  private static final Duration CUT_OFF_AGE = Duration.ofHours(1);

  private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

  /**
   * What catalogs write while they commit, under names that tell of no run. Cut off at that, a
   * commit leaves a metadata file that is no version yet, a pointer that is not in its place, or
   * the oldest metadata file, which it has taken out of the log and was about to delete.
   */
  private static final Pattern COMMITTING =
      Pattern.compile(
          "(v\\d+|(\\d+-)?"
              + UUID
              + ")(\\.gz)?\\.metadata\\.json(\\.gz)?|"
              + UUID
              + "-version-hint\\.temp");

  private static final String CHECKSUM = ".crc";

  /** What is no file of a table's versions. */
  static final Set<String> FIXED = Set.of("version-hint.text", "lock");

  private final Lake lake;
  private final UpkeepSettings settings;
  private final Instant now = Clock.systemUTC().instant();

  Upkeep(Lake lake, UpkeepSettings settings) {
    this.lake = lake;
    this.settings = settings;
  }

  List<UpkeepReport> run() throws IOException {
    // First, so that the versions that dead runs built on do not stay.
    removeDeadRuns();
    Map<String, Integer> expired = new HashMap<>();
    for (String table : lake.catalog().names()) {
      expired.put(table, expire(table));
    }

    Map<String, List<Path>> listed = new HashMap<>();
    Set<String> tables = new HashSet<>(lake.directories());
    tables.addAll(expired.keySet());
    for (String table : tables) {
      listed.put(table, Directories.files(Path.of(lake.config().location(table))));
    }

    Set<String> alive = removeDeadRuns();
    List<UpkeepReport> reports = new ArrayList<>();
    for (String table : tables.stream().sorted().toList()) {
      reports.add(
          removeOrphans(
              table, expired.getOrDefault(table, 0), listed.getOrDefault(table, List.of()), alive));
    }

    return reports;
  }

  private int expire(String table) throws IOException {
    TableOperations loaded = lake.catalog().load(table);
    if (loaded == null) {
      return 0;
    }

    int before = loaded.current().snapshots().size();
    if (before <= settings.keepVersions()) {
      return 0;
    }

    Instant limit = limit(table, loaded.current());
    FileLock lock = DirectoryLocks.take(Path.of(lake.config().location(table)));
    try {
      new BaseTable(loaded, table)
          .expireSnapshots()
          .retainLast(settings.keepVersions())
          .expireOlderThan(limit.toEpochMilli())
          .commit();
    } finally {
      lock.close();
    }

    return Math.max(0, before - loaded.refresh().snapshots().size());
  }

  /** Versions from here on stay: they are young, or a run that is under way builds on them. */
  private Instant limit(String table, TableMetadata metadata) throws IOException {
    Instant limit = now.minus(settings.olderThan());
    for (String run : RunDirectory.all(lake.config())) {
      RunBase base = RunDirectory.base(lake.config(), run);
      if (base == null) {
        // It is looking at the tables right now.
        return Instant.EPOCH;
      }

      TableBase used = base.tables().get(table);
      Snapshot snapshot = used == null ? null : metadata.snapshot(used.handle().snapshotId());
      if (snapshot != null && snapshot.timestampMillis() < limit.toEpochMilli()) {
        limit = Instant.ofEpochMilli(snapshot.timestampMillis());
      }
    }

    return limit;
  }

  /** Removes directories of dead runs that have nothing left to commit; returns all other runs. */
  private Set<String> removeDeadRuns() throws IOException {
    Set<String> alive = new HashSet<>();
    for (String run : RunDirectory.all(lake.config())) {
      try (RunDirectory directory = RunDirectory.takeOver(lake.config(), run)) {
        if (directory == null || !lake.missing(run, directory).isEmpty()) {
          alive.add(run);
        } else {
          directory.delete();
        }
      }
    }

    for (Path ended : RunDirectory.ended(lake.config())) {
      Directories.delete(ended);
    }

    for (Path starting : RunDirectory.neverStarted(lake.config())) {
      if (isOlder(starting, CUT_OFF_AGE)) {
        Directories.delete(starting);
      }
    }

    return alive;
  }

  private UpkeepReport removeOrphans(
      String table, int expired, List<Path> listed, Set<String> alive) throws IOException {
    TableOperations loaded = lake.catalog().load(table);
    Set<Path> needed = loaded == null ? Set.of() : References.of(loaded);
    int files = 0;
    long bytes = 0;
    for (Path file : listed) {
      if (needed.contains(checked(file).normalize()) || !isOrphan(file, alive)) {
        continue;
      }

      try {
        long size = Files.size(file);
        Files.delete(file);
        files++;
        bytes += size;
      } catch (NoSuchFileException e) {
        // Another upkeep, or the run itself, was faster; it is not counted.
      }
    }

    return new UpkeepReport(table, expired, files, bytes);
  }

  /** The file a checksum is of: both stay or go; any other file itself. */
  private static Path checked(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith(".") && name.endsWith(CHECKSUM)
        ? file.resolveSibling(name.substring(1, name.length() - CHECKSUM.length()))
        : file;
  }

  /** Whether a file that no version needs may go. */
  private boolean isOrphan(Path file, Set<String> alive) throws IOException {
    String name = checked(file).getFileName().toString();
    if (FIXED.contains(name)) {
      return false;
    }

    String run = RunId.in(name);
    if (run != null) {
      return !alive.contains(run);
    }

    return isOlder(
        file, COMMITTING.matcher(name).matches() ? CUT_OFF_AGE : settings.strangeFileAge());
  }

  private boolean isOlder(Path path, Duration age) throws IOException {
    try {
      return Files.getLastModifiedTime(path).toInstant().isBefore(now.minus(age));
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}
