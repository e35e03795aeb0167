package org.anabranch.lake;

import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.anabranch.lake.Storage.Entry;
import org.anabranch.model.Internal;
import org.anabranch.transforms.archive.OffsetRanges;
import org.anabranch.transforms.archive.RecordArchive;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.parse.TableNames;
import org.anabranch.transforms.report.CutOffReportException;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tables in Apache Iceberg. Each commit of a run is one snapshot of the table; its version is the
 * sequence number of that snapshot. Readers see whole versions only, need no lock, and may be of
 * any engine that reads Iceberg: the rows that are visible are the live ones.
 *
 * <p>Any number of runs may write at the same time. Beside the tables, {@code
 * WAREHOUSE/.anabranch/runs} holds a directory for each run that is under way or has died.
 */
@Internal
public final class Lake implements Closeable {

  private static final Logger LOG = LoggerFactory.getLogger(Lake.class);
  private static final int MAX_LOOKS = 3;

  private final LakeCatalog catalog;
  private final Map<String, String> broken = new ConcurrentHashMap<>();

  private Lake(LakeCatalog catalog) {
    this.catalog = catalog;
  }

  /**
   * The tables of a directory, which need not exist yet.
   *
   * @throws IOException where it cannot be found out which directory that is
   */
  public static Lake at(LakeConfig config) throws IOException {
    return at(config, operations -> operations);
  }

  /** As {@link #at(LakeConfig)}; {@code between} stands between us and the catalog. */
  static Lake at(LakeConfig config, UnaryOperator<TableOperations> between) throws IOException {
    LakeCatalog opened = LakeCatalog.open(config, between);
    LakeConfig recorded = TableLocations.asRecorded(opened);
    if (recorded.equals(opened.config())) {
      return new Lake(opened);
    }

    opened.close();
    return new Lake(LakeCatalog.open(recorded, between));
  }

  LakeConfig config() {
    return catalog.config();
  }

  LakeCatalog catalog() {
    return catalog;
  }

  static TableStore store(LakeConfig config, String run, List<TableHandle> tables, int newBuckets) {
    Map<String, TableHandle> byName = new TreeMap<>();
    tables.forEach(table -> byName.put(table.table(), table));
    return new LakeStore(byName, config.tables(), config.durability(), run, newBuckets);
  }

  /**
   * The current versions of all tables by name; none where nothing was ever committed. Tables that
   * cannot be read are left out, see {@link #broken}.
   */
  public List<LakeTable> tables() throws IOException {
    List<LakeTable> tables = new ArrayList<>();
    for (String name : catalog.names()) {
      LakeTable table = ifWhole(name, () -> current(name));
      if (table != null) {
        tables.add(table);
      }
    }

    return tables;
  }

  /** How far all jobs and their sources have come: the furthest of each place over all tables. */
  public Map<String, Long> places() throws IOException {
    Map<String, Long> places = new TreeMap<>();
    for (LakeTable table : tables()) {
      table.places().forEach((what, at) -> places.merge(what, at, Math::max));
    }

    return places;
  }

  private @Nullable LakeTable current(String name) throws IOException {
    TableOperations loaded = catalog.load(name);
    Snapshot current = loaded == null ? null : loaded.current().currentSnapshot();
    return loaded == null || current == null || !isOurs(loaded)
        ? null
        : LakeTable.of(this, name, loaded, current);
  }

  /** A look at a table. */
  @FunctionalInterface
  private interface Look<T> {
    @Nullable T at() throws IOException;
  }

  /** Looks at one of all tables; null also where it cannot be read, which is remembered. */
  private <T> @Nullable T ifWhole(String table, Look<T> look) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        T found = look.at();
        broken.remove(table);
        return found;
      } catch (BrokenTableException e) {
        // Others may have committed, and taken away what this version needed, in between.
        if (attempt == MAX_LOOKS) {
          broken.put(table, String.valueOf(e.getMessage()));
          return null;
        }
      }
    }
  }

  /** Tables that could not be read when all were looked at last, and why, by name. */
  public Map<String, String> broken() {
    return new TreeMap<>(broken);
  }

  static boolean isOurs(TableOperations loaded) {
    return !States.current(loaded.current()).isEmpty();
  }

  private List<String> names() {
    return catalog.names().stream()
        .filter(
            name -> {
              TableOperations loaded = catalog.loadIfWhole(name);
              return loaded != null && isOurs(loaded);
            })
        .toList();
  }

  /**
   * The current version of a table.
   *
   * @throws IllegalArgumentException where there is no such table, listing those there are
   */
  public LakeTable table(String name) throws IOException {
    TableOperations loaded = load(name);
    return LakeTable.of(this, name, loaded, current(name, loaded));
  }

  /**
   * A version of a table that still exists.
   *
   * @throws IllegalArgumentException where there is none, listing those there are
   */
  public LakeTable table(String name, long version) throws IOException {
    TableOperations loaded = load(name);
    List<Long> versions = new ArrayList<>();
    for (Snapshot snapshot : history(name, loaded)) {
      if (snapshot.sequenceNumber() == version) {
        return LakeTable.of(this, name, loaded, snapshot);
      }

      versions.add(0, snapshot.sequenceNumber());
    }

    throw new IllegalArgumentException(
        "table '" + name + "' has no version " + version + "; versions: " + versions);
  }

  /**
   * The version of a table that was current at some time.
   *
   * @throws IllegalArgumentException where there was none, or it has expired
   */
  public LakeTable table(String name, Instant asOf) throws IOException {
    TableOperations loaded = load(name);
    Instant oldest = Instant.MAX;
    for (Snapshot snapshot : history(name, loaded)) {
      oldest = Instant.ofEpochMilli(snapshot.timestampMillis());
      if (!oldest.isAfter(asOf)) {
        return LakeTable.of(this, name, loaded, snapshot);
      }
    }

    throw new IllegalArgumentException(
        "table '" + name + "' has no version of " + asOf + "; the oldest is of " + oldest);
  }

  private TableOperations load(String name) {
    TableOperations loaded = catalog.load(TableNames.check(name));
    if (loaded == null || !isOurs(loaded)) {
      throw new IllegalArgumentException(
          "no table '" + name + "' in " + config().warehouse() + "; tables: " + names());
    }

    return loaded;
  }

  private Snapshot current(String name, TableOperations loaded) {
    Snapshot current = loaded.current().currentSnapshot();
    if (current == null) {
      throw new IllegalArgumentException("table '" + name + "' has no version");
    }

    return current;
  }

  /** The current version and those before it, newest first. */
  private Iterable<Snapshot> history(String name, TableOperations loaded) {
    return SnapshotUtil.ancestorsOf(current(name, loaded).snapshotId(), loaded.current()::snapshot);
  }

  /** Starts a run without rules; see {@link #startRun(int, RunRules)}. */
  public LakeRun startRun(int buckets) throws IOException {
    return startRun(buckets, RunRules.NONE);
  }

  /** Starts a run of no pipeline; see {@link #startRun(int, RunRules, RunPipeline)}. */
  public LakeRun startRun(int buckets, RunRules rules) throws IOException {
    return startRun(buckets, rules, RunPipeline.NONE);
  }

  /**
   * Starts a run, which looks at all tables now. Those that cannot be read are not there for it,
   * see {@link #broken}: it must not write them.
   *
   * @param buckets number of buckets of tables that the run makes
   * @param rules what the run may do
   * @param pipeline whose run it is, for a process that has to finish it
   * @throws DisplacedTableException where the warehouse was copied or moved
   */
  public LakeRun startRun(int buckets, RunRules rules, RunPipeline pipeline) throws IOException {
    if (buckets < 1) {
      throw new IllegalArgumentException("buckets must be at least 1, but was: " + buckets);
    }

    String run = RunId.next();
    RunDirectory directory = RunDirectory.create(config(), run);
    try {
      OffsetRanges archived = rules.archives() ? ArchiveCommit.offsets(catalog) : OffsetRanges.NONE;
      RunBase base =
          new RunBase(buckets, lookAtAll(directory), Progress.NONE, rules, archived, pipeline);
      base.write(directory.files());
      LOG.info(
          "run {} of pipeline '{}' into {} starts on {} tables",
          run,
          pipeline.name(),
          config().warehouse(),
          base.tables().size());
      return new LakeRun(this, run, directory, base);
    } catch (IOException | RuntimeException e) {
      try (directory) {
        directory.delete();
      }

      throw e;
    }
  }

  /** The tables as they are now, for looking only: nothing is written and no run begins. */
  public TableStore look() throws IOException {
    return store(
        config(),
        RunId.next(),
        lookAtAll(null).values().stream().map(TableBase::handle).toList(),
        1);
  }

  /** The present versions of all tables; those of a run are preserved in its directory. */
  private Map<String, TableBase> lookAtAll(@Nullable RunDirectory directory) throws IOException {
    Map<String, TableBase> tables = new TreeMap<>();
    for (String name : catalog.names()) {
      TableBase table = ifWhole(name, () -> look(name, directory));
      if (table != null) {
        tables.put(name, table);
      }
    }

    return tables;
  }

  private @Nullable TableBase look(String name, @Nullable RunDirectory directory)
      throws IOException {
    TableOperations loaded = catalog.load(name);
    if (loaded == null || !isOurs(loaded)) {
      return null;
    }

    TableMetadata now = loaded.current();
    if (directory != null) {
      TableLocations.requireInPlace(config(), name, now);
    }

    String stateName = States.current(now);
    TableState state = States.read(name, loaded.io(), now, stateName);
    TableBase base = base(name, now, now.currentSnapshot(), state, stateName);
    return directory == null ? base : directory.preserve(loaded.io(), base);
  }

  /** Requires that all tables of ours, the archive too, lie where their metadata says. */
  private void requireInPlace() throws IOException {
    for (String name : catalog.names()) {
      TableOperations loaded = catalog.loadIfWhole(name);
      if (loaded != null && (isOurs(loaded) || ArchiveLayout.isArchive(loaded.current()))) {
        TableLocations.requireInPlace(config(), name, loaded.current());
      }
    }
  }

  static TableBase base(
      String table,
      TableMetadata metadata,
      @Nullable Snapshot snapshot,
      TableState state,
      String stateName) {
    TableHandle handle =
        new TableHandle(
            table,
            metadata.location(),
            metadata.metadataFileLocation(),
            snapshot == null ? -1 : snapshot.snapshotId(),
            state.buckets(),
            state.keyForm(),
            state.key(),
            state.columns(),
            state.segments(),
            state.facts().toText());
    return new TableBase(handle, metadata.currentSchemaId(), stateName);
  }

  /** Runs that died after their pipelines had ended, but before all tables were committed. */
  public List<UnfinishedRun> unfinished() throws IOException {
    List<UnfinishedRun> unfinished = new ArrayList<>();
    for (String run : RunDirectory.all(config())) {
      try (RunDirectory directory = RunDirectory.takeOver(config(), run)) {
        List<String> missing = directory == null ? List.of() : missing(run, directory);
        if (!missing.isEmpty()) {
          unfinished.add(new UnfinishedRun(run, RunId.startedAt(run), missing));
        }
      }
    }

    return unfinished;
  }

  /** Tables of a run's report that do not have it yet; none without a report. */
  List<String> missing(String run, RunDirectory directory) throws IOException {
    List<String> missing = new ArrayList<>();
    // All that is in the directory is on the disk before the first commit: a part of it proves that
    // nothing was committed.
    boolean isDone = CommitMark.isIn(directory.files());
    if (isDone || !directory.hasReport() || RunDirectory.base(config(), run) == null) {
      return missing;
    }

    for (TableReport report : report(directory).tables()) {
      boolean changes = report.published() || !report.files().isEmpty();
      boolean isMissing =
          report.table().equals(RecordArchive.TABLE)
              ? new ArchiveCommit(catalog, run, report).isMissing()
              : changes && !contains(report.table(), run);
      if (isMissing) {
        missing.add(report.table());
      }
    }

    return missing;
  }

  /** The report of a run; an empty one where it was cut off, for then nothing was committed. */
  private static RunReport report(RunDirectory directory) throws IOException {
    try {
      return directory.report();
    } catch (CutOffReportException cutOff) {
      return RunReport.of(List.of());
    }
  }

  private boolean contains(String table, String run) throws IOException {
    TableOperations loaded = catalog.load(table);
    return loaded != null
        && isOurs(loaded)
        && States.read(table, loaded.io(), loaded.current(), States.current(loaded.current()))
            .contains(run);
  }

  /**
   * A run that can be taken over.
   *
   * @param id of the run
   * @param missing tables that do not have its changes yet, in the order of their commits
   */
  public record UnfinishedRun(String id, Instant startedAt, List<String> missing) {}

  /**
   * Takes over a dead run. Its report is in its {@link LakeRun#staging} directory; all its tables
   * may be committed again.
   *
   * @throws IllegalStateException where the run is alive, or another has finished it
   */
  public LakeRun resume(String run) throws IOException {
    requireInPlace();
    RunDirectory directory = RunDirectory.takeOver(config(), run);
    if (directory == null) {
      throw new IllegalStateException("run " + run + " is alive, or has been finished");
    }

    LOG.info("run {}, which was dead, is taken over", run);
    return opened(run, directory);
  }

  /**
   * Becomes the owner of a run that lost it while the engine keeps its steps, which commit it.
   *
   * @return null where it has another owner, or has ended
   */
  public @Nullable LakeRun adopt(String run) throws IOException {
    requireInPlace();
    RunDirectory directory = RunDirectory.adopt(config(), run);
    LOG.info("run {} {}", run, directory == null ? "has ended" : "has a new owner");
    return directory == null ? null : opened(run, directory);
  }

  private LakeRun opened(String run, RunDirectory directory) throws IOException {
    try {
      return new LakeRun(this, run, directory, RunBase.read(directory.files()));
    } catch (IOException | RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  /**
   * Removes what is no longer needed; see {@link Upkeep}.
   *
   * @throws DisplacedTableException where the warehouse was copied or moved
   */
  public List<UpkeepReport> compact(UpkeepSettings settings) throws IOException {
    requireInPlace();
    return new Upkeep(this, settings).run();
  }

  /** Names of the directories in which tables are, or in which a run began to write one. */
  Set<String> directories() throws IOException {
    Set<String> names = new TreeSet<>();
    Storage storage = config().storage();
    for (Entry entry : storage.list(config().namespace())) {
      if (storage.isDirectory(entry.name())) {
        names.add(entry.fileName());
      }
    }

    return names;
  }

  @Override
  public void close() throws IOException {
    catalog.close();
  }
}
