package org.anabranch.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.anabranch.lake.OwnFiles.OwnFile;
import org.anabranch.lake.Storage.Entry;
import org.anabranch.lake.Storage.Lock;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.NotFoundException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes old versions, files that no version needs, and the directories of dead runs. Safe beside
 * runs that are alive, of this process or others: files are listed first, then it is found out
 * which runs are alive, and then which files the tables need. Whatever was listed and belongs to a
 * run that is not alive was committed before the tables are looked at, or never will be. Runs that
 * can be taken over count as alive; versions that a run builds on stay until it has ended.
 *
 * <p>A file is deleted only if it lies in a table of ours, has a name of ours ({@link OwnFiles}),
 * is no link, and no metadata that can be reached needs it. Tables that lie elsewhere than their
 * metadata says are refused before ({@link TableLocations}). Where all of a table would go, nothing
 * does.
 */
final class Upkeep {

  /**
   * The start of a run, and a commit from its metadata file on, take seconds, or minutes where a
   * lock or a database is waited for; who has not come further by then is dead.
   */
  private static final Duration CUT_OFF_AGE = Duration.ofHours(1);

  /** After which time it is told that a job keeps versions. */
  private static final Duration LONG_OPEN = Duration.ofDays(7);

  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

  private final Lake lake;
  private final UpkeepSettings settings;
  private final Instant now = Clock.systemUTC().instant();

  Upkeep(Lake lake, UpkeepSettings settings) {
    this.lake = lake;
    this.settings = settings;
  }

  List<UpkeepReport> run() throws IOException {
    LOG.info("upkeep of {} starts: {}", lake.config().warehouse(), settings);
    // First, so that the versions that dead runs built on do not stay.
    Runs before = removeDeadRuns();
    Map<String, Integer> expired = new HashMap<>();
    for (String table : lake.catalog().names()) {
      TableOperations loaded = lake.catalog().loadIfWhole(table);
      if (loaded != null && isOurs(loaded)) {
        expired.put(table, expire(table, loaded));
      }
    }

    Map<String, List<OwnFile>> listed = new TreeMap<>();
    Set<String> tables = new HashSet<>(lake.directories());
    tables.addAll(expired.keySet());
    for (String table : tables) {
      if (isOursOrNone(table)) {
        listed.put(table, OwnFiles.in(lake.config().storage(), location(table)));
      }
    }

    Runs after = removeDeadRuns();
    Set<String> neverCommitted = new HashSet<>(before.neverCommitted());
    neverCommitted.addAll(after.neverCommitted());
    Runs runs = new Runs(after.alive(), neverCommitted);
    List<UpkeepReport> reports = new ArrayList<>();
    for (Map.Entry<String, List<OwnFile>> table : listed.entrySet()) {
      String name = table.getKey();
      reports.add(removeOrphans(name, expired.getOrDefault(name, 0), table.getValue(), runs));
    }

    return reports;
  }

  /** Tables of others, and those that cannot be read, are left alone. */
  private boolean isOursOrNone(String table) {
    try {
      TableOperations loaded = lake.catalog().load(table);
      return loaded == null || isOurs(loaded);
    } catch (BrokenTableException e) {
      return false;
    }
  }

  private static boolean isOurs(TableOperations loaded) {
    return Lake.isOurs(loaded) || ArchiveLayout.isArchive(loaded.current());
  }

  /** Where the files of a table lie, or would lie. */
  private String location(String table) {
    TableOperations loaded = lake.catalog().load(table);
    return loaded == null ? lake.config().location(table) : loaded.current().location();
  }

  private int expire(String table, TableOperations loaded) throws IOException {
    int before = loaded.current().snapshots().size();
    if (before <= settings.keepVersions()) {
      return 0;
    }

    Instant limit = limit(table, loaded.current());
    String directory = lake.config().storage().realLocation(loaded.current().location());
    Lock lock = DirectoryLocks.take(directory);
    try {
      new BaseTable(loaded, table)
          .expireSnapshots()
          .retainLast(settings.keepVersions())
          .expireOlderThan(limit.toEpochMilli())
          .deleteWith(location -> deleteInside(directory, location))
          .commit();
    } finally {
      lock.close();
    }

    return Math.max(0, before - loaded.refresh().snapshots().size());
  }

  /**
   * Deletes a file that only expired versions needed, if it lies in the table's directory: those
   * that somebody has added from elsewhere stay.
   */
  private void deleteInside(String directory, String file) {
    Storage storage = lake.config().storage();
    try {
      String location = storage.location(file);
      String parent = Storage.parent(location);
      boolean isInside =
          parent != null
              && storage.isDirectory(parent)
              && (storage.realLocation(parent) + "/").startsWith(directory + "/");
      if (isInside) {
        storage.deleteFile(location);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Versions from here on stay: they are young, or a run that is under way builds on them, or a job
   * has not acknowledged them.
   */
  private Instant limit(String table, TableMetadata metadata) throws IOException {
    Instant limit = earlier(now.minus(settings.olderThan()), notAcknowledged(table, metadata));
    for (String run : RunDirectory.all(lake.config())) {
      RunBase base = RunDirectory.base(lake.config(), run);
      if (base == null) {
        // It is looking at the tables right now.
        return Instant.EPOCH;
      }

      TableBase used = base.tables().get(table);
      Snapshot snapshot = used == null ? null : metadata.snapshot(used.handle().snapshotId());
      if (snapshot != null) {
        limit = earlier(limit, Instant.ofEpochMilli(snapshot.timestampMillis()));
      }
    }

    return limit;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /** When the oldest version was made up to which a job has acknowledged commits; else the end. */
  private Instant notAcknowledged(String table, TableMetadata metadata) {
    Instant oldest = Instant.MAX;
    for (Map.Entry<String, SnapshotRef> ref : metadata.refs().entrySet()) {
      Snapshot version = metadata.snapshot(ref.getValue().snapshotId());
      if (version == null || !Redelivery.isTag(ref.getKey())) {
        continue;
      }

      Instant made = Instant.ofEpochMilli(version.timestampMillis());
      oldest = earlier(oldest, made);
      boolean isOpen = version.snapshotId() != metadata.currentSnapshot().snapshotId();
      if (isOpen && made.isBefore(now.minus(LONG_OPEN))) {
        LOG.warn(
            "table {}: all versions since {} stay, for no pipeline has acknowledged them; drop tag"
                + " {} if none will",
            table,
            made,
            ref.getKey());
      }
    }

    return oldest;
  }

  /**
   * What is known of runs.
   *
   * @param alive runs that may still commit
   * @param neverCommitted dead runs that had not come to their commits
   */
  private record Runs(Set<String> alive, Set<String> neverCommitted) {}

  /** Removes directories of dead runs that have nothing left to commit; returns all other runs. */
  private Runs removeDeadRuns() throws IOException {
    Runs runs = new Runs(new HashSet<>(), new HashSet<>());
    for (String run : RunDirectory.all(lake.config())) {
      try (RunDirectory directory = RunDirectory.takeOver(lake.config(), run)) {
        if (directory == null || !lake.missing(run, directory).isEmpty()) {
          runs.alive().add(run);
          continue;
        }

        if (!directory.hasReport() || RunDirectory.base(lake.config(), run) == null) {
          runs.neverCommitted().add(run);
        }

        directory.delete();
        LOG.info("what was left of dead run {} is removed", run);
      }
    }

    for (String ended : RunDirectory.ended(lake.config())) {
      lake.config().storage().deleteAll(ended);
    }

    for (String starting : RunDirectory.neverStarted(lake.config())) {
      if (isOlder(starting, CUT_OFF_AGE)) {
        lake.config().storage().deleteAll(starting);
      }
    }

    return runs;
  }

  private UpkeepReport removeOrphans(String table, int expired, List<OwnFile> listed, Runs runs)
      throws IOException {
    TableOperations loaded = lake.catalog().load(table);
    Set<String> needed = loaded == null ? Set.of() : References.of(table, loaded);
    List<OwnFile> orphans = new ArrayList<>();
    for (OwnFile file : listed) {
      boolean isOrphan = loaded == null ? isOfNoTable(file, runs) : isOrphan(file, needed, runs);
      if (isOrphan) {
        orphans.add(file);
      }
    }

    if (loaded != null && !listed.isEmpty() && orphans.size() == listed.size()) {
      throw new IOException(
          "the clean-up of table '%s' would remove all %d files that it has listed in %s, which cannot be right: nothing was removed"
              .formatted(table, listed.size(), lake.config().location(table)));
    }

    int files = 0;
    long bytes = 0;
    for (OwnFile file : orphans) {
      Entry found = lake.config().storage().find(file.location());
      // Where another upkeep, or the run itself, was faster, it is not counted.
      if (found != null && lake.config().storage().deleteFile(file.location())) {
        files++;
        bytes += found.bytes();
      }
    }

    LOG.info(
        "table {}: {} versions expired, {} files of {} bytes removed",
        table,
        expired,
        files,
        bytes);
    return new UpkeepReport(table, expired, files, bytes);
  }

  /** Whether a file that no version of its table needs may go. */
  private boolean isOrphan(OwnFile file, Set<String> needed, Runs runs) throws IOException {
    if (needed.contains(file.name())) {
      return false;
    }

    String run = file.run();
    return run == null ? isOlder(file.location(), CUT_OFF_AGE) : !runs.alive().contains(run);
  }

  /**
   * Whether a file may go from a directory of which the catalog knows no table. The table may be
   * one of another catalog: only what is of runs that never committed anything goes.
   */
  private boolean isOfNoTable(OwnFile file, Runs runs) throws IOException {
    if (file.isTemporary()) {
      return isOlder(file.location(), CUT_OFF_AGE);
    }

    String run = file.isMetadata() ? madeBy(file.location()) : file.run();
    return run != null && runs.neverCommitted().contains(run);
  }

  /** The run that a metadata file is of; null where it does not tell. */
  private static @Nullable String madeBy(String metadata) throws IOException {
    try {
      TableMetadata made = TableMetadataParser.read(LakeFiles.io(metadata), metadata);
      return RunId.in(States.current(made));
    } catch (UncheckedIOException | IllegalArgumentException | NotFoundException e) {
      return null;
    }
  }

  private boolean isOlder(String file, Duration age) throws IOException {
    Entry found = lake.config().storage().find(file);
    return found != null && found.modified().isBefore(now.minus(age));
  }
}
