package org.anabranch.lake;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.anabranch.lake.CommitResult.Conflict;
import org.anabranch.lake.OwnFiles.OwnFile;
import org.anabranch.model.Internal;
import org.anabranch.model.Values;
import org.anabranch.transforms.archive.RecordArchive;
import org.anabranch.transforms.merge.PerRun.RunScope;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.parse.BucketCounts;
import org.anabranch.transforms.parse.TableNames;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.RESTException;
import org.apache.iceberg.jdbc.UncheckedSQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run: it looks at the tables once, when it starts; its pipeline writes files beside them; then
 * it commits them table by table. Any number of runs may be alive at the same time. Not
 * thread-safe.
 *
 * <p>A commit is applied once, however often it is called and whoever calls it: every table
 * remembers the runs that are in it.
 */
@Internal
public final class LakeRun implements Closeable {

  private static final Logger LOG = LoggerFactory.getLogger(LakeRun.class);

  /** With the pauses between them half a minute: longer than a file system hiccups. */
  private static final int MAX_LOOKS = 10;

  /** A commit that is under way may move a file away; a file that is broken stays so. */
  private static final int MAX_LOOKS_AT_BROKEN = 3;

  private static final int FIRST_PAUSE_MILLIS = 50;
  private static final int MAX_PAUSE_MILLIS = 5_000;

  private final Lake lake;
  private final String id;
  private final RunDirectory directory;
  private final Map<String, Long> conflicts = new HashMap<>();

  /** The tables as the run looked at them last. */
  private final Map<String, TableBase> seen;

  /** What the report in the directory builds on: where who takes the run over starts. */
  private RunBase base;

  /** Empty while no table is. */
  private String lastTable = "";

  private boolean isAbandoned;

  LakeRun(Lake lake, String id, RunDirectory directory, RunBase base) {
    this.lake = lake;
    this.id = id;
    this.directory = directory;
    this.base = base;
    seen = new TreeMap<>(base.tables());
  }

  /** Sorts by the time at which the run began; in the name of every file the run writes. */
  public String id() {
    return id;
  }

  public Instant startedAt() {
    return RunId.startedAt(id);
  }

  /** Directory of this run alone, in which its pipeline leaves its report. */
  public String staging() {
    return directory.location();
  }

  /** The files in that directory. */
  Storage files() {
    return directory.files();
  }

  /** Whether its pipeline has left its report. */
  public boolean hasReport() {
    return directory.hasReport();
  }

  /**
   * The report that its pipeline has left.
   *
   * @throws org.anabranch.transforms.report.CutOffReportException where it is not complete: no
   *     commit has begun
   * @throws IOException also where the pipeline has left none
   */
  public RunReport report() throws IOException {
    return directory.report();
  }

  /** What became of it; null as long as it is not committed. */
  public @Nullable RunOutcome outcome() throws IOException {
    return CommitMark.readIfThere(directory.files());
  }

  /**
   * Commits it here, from the report that its pipeline has left, unless its last step has done so:
   * for the owner of a run whose step has failed.
   *
   * @throws IOException also where a step that is still there takes too long
   */
  public RunOutcome finish() throws IOException {
    if (!directory.seize()) {
      throw new IOException("run " + id + " is still being committed by its pipeline");
    }

    RunOutcome marked = outcome();
    if (marked != null) {
      return marked;
    }

    // A step that began to commit it may have written more.
    base = RunBase.read(directory.files());
    RunOutcome outcome = new CommitRun(lake, this, report()).commit();
    CommitMark.write(directory.files(), outcome);
    return outcome;
  }

  /** The tables as the run looked at them last. Goes to the workers. */
  public TableStore store() {
    return Lake.store(lake.config(), id, handles(), base.buckets());
  }

  /** The run as its pipeline sees it. */
  public RunScope scope() {
    return scope(store(), base, staging(), id, lake.config());
  }

  static RunScope scope(
      TableStore store, RunBase base, String directory, String id, LakeConfig config) {
    return new RunScope(
        store,
        base.buckets(),
        directory,
        Values.micros(RunId.startedAt(id)),
        base.rules().archives()
            ? new LakeArchive(
                config.location(RecordArchive.TABLE), config.durability(), base.archived(), id)
            : null);
  }

  private List<TableHandle> handles() {
    return seen.values().stream()
        .filter(table -> !table.isMissing())
        .map(TableBase::handle)
        .toList();
  }

  /**
   * Buckets of a table, or those it would be made with: the ones of its history, which others may
   * have committed already, or of the run.
   */
  public int buckets(String table) {
    return new BucketCounts(base.buckets(), store().buckets()).of(table);
  }

  /** The version of a table that the run looked at last; missing where there was none. */
  TableBase known(String table) {
    TableBase known = seen.get(table);
    return known == null ? TableBase.missing(table, lake.config().location(table)) : known;
  }

  /** What is committed with each table; remembered for whoever takes the run over. */
  public void setProgress(Progress progress) throws IOException {
    base = base.with(progress);
    base.write(directory.files());
  }

  public Progress progress() {
    return base.progress();
  }

  RunRules rules() {
    return base.rules();
  }

  /** The pipeline of the run, as its manifest says; null where an earlier program began it. */
  public @Nullable RunPipeline pipeline() {
    return base.pipeline();
  }

  /** Notes the merged tables in the manifest, before the first of them is committed. */
  void setMerged(List<String> tables) throws IOException {
    RunPipeline known = base.pipeline();
    if (known != null && !known.merged().equals(tables)) {
      base = base.with(known.merging(tables));
      base.write(directory.files());
    }
  }

  /** The table with which the run is in as a whole, and its input need not be read again. */
  void setLastTable(String table) {
    lastTable = table;
  }

  /** Times that others were found to have changed a table. */
  public long conflicts(String table) {
    return conflicts.getOrDefault(table, 0L);
  }

  /**
   * Looks whether all tables may have the schemas that commits of a report would give them.
   *
   * @throws SchemaChangeException where not, with all that is refused
   */
  void checkSchemas(RunReport report) throws IOException {
    Map<String, String> broken = lake.broken();
    for (TableReport table : report.tables()) {
      if (broken.containsKey(table.table()) && (table.published() || !table.files().isEmpty())) {
        // Throws what names the file.
        lake.table(table.table());
        throw new IOException(
            "table '%s' could not be read when the run began, and can be now; run it again"
                .formatted(table.table()));
      }
    }

    SchemaCheck.require(lake.catalog(), report, rules().schemaChanges());
  }

  /**
   * Commits the run to one table, as one snapshot, if the table is still as the run looked at it.
   *
   * @throws IOException where after many looks it is not known whether the commit is there
   * @throws SchemaChangeException where the table, which may be of others, must stay as it is
   */
  public CommitResult commit(TableReport report) throws IOException {
    return commit(report, id, Map.of());
  }

  /**
   * The same for a computed table, which remembers what it was computed from.
   *
   * @param inputs versions of the other tables, by name
   */
  CommitResult commitComputed(TableReport report, Map<String, Long> inputs) throws IOException {
    RunPipeline known = base.pipelineOrNone();
    return commit(report, id, ComputedTables.places(known, report.table(), inputs));
  }

  /** Adds what the run has archived, each record once whatever others have added. */
  public CommitResult commitArchive(TableReport report) throws IOException {
    return untilKnown(
        report.table(), () -> new ArchiveCommit(lake.catalog(), id, report).attempt());
  }

  /**
   * The same for changes that were merged again after the run was in the table already, as happens
   * to a history whose table others changed in between: a commit of its own.
   */
  public CommitResult commitAgain(TableReport report) throws IOException {
    return commit(report, RunId.tokenAgain(id), Map.of());
  }

  private CommitResult commit(TableReport report, String token, Map<String, Long> places)
      throws IOException {
    TableNames.check(report.table());
    CommitResult result = untilKnown(report.table(), () -> attempt(report, token, places));
    LOG.debug("run {} and table {}: {}", token, report.table(), result);
    if (result instanceof Conflict) {
      conflicts.merge(report.table(), 1L, Long::sum);
    }

    return result;
  }

  /** An attempt to commit, which begins by looking. */
  @FunctionalInterface
  private interface Attempt {
    CommitResult make() throws IOException;
  }

  private CommitResult untilKnown(String table, Attempt attempt) throws IOException {
    directory.force();
    Exception last = null;
    for (int look = 1; look <= MAX_LOOKS; look++) {
      if (last != null) {
        LOG.info(
            "run {} and table {}: looking again, look {}: {}", id, table, look, last.toString());
      }

      try {
        return attempt.make();
      } catch (ConflictException e) {
        last = e;
      } catch (BrokenTableException e) {
        if (look >= MAX_LOOKS_AT_BROKEN) {
          throw e;
        }

        last = e;
        pause(look);
      } catch (CommitStateUnknownException
          | CommitFailedException
          | NotFoundException
          | RESTException
          | UncheckedIOException
          | UncheckedSQLException
          | IOException e) {
        last = e;
        pause(look);
      }
    }

    throw new IOException(
        "cannot find out whether run %s was committed to table '%s': %s"
            .formatted(id, table, Objects.requireNonNull(last).getMessage()),
        last);
  }

  private CommitResult attempt(TableReport report, String token, Map<String, Long> places)
      throws IOException {
    String table = report.table();
    RunBase told = table.equals(lastTable) ? base : base.beforeLast();
    return new TableCommit(
            lake.catalog(),
            id,
            token,
            known(table),
            report,
            told.with(told.progress().with(places)).withBuckets(buckets(table)),
            conflicts(table))
        .attempt();
  }

  private static void pause(int look) throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(Math.min(MAX_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << look));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while committing", e);
    }
  }

  /**
   * Looks at a table again: the run builds on its present version from now on.
   *
   * @return what has changed since the run looked last; what it has written of these buckets must
   *     be merged again
   */
  public Conflict refresh(String table) throws IOException {
    TableBase before = known(table);
    TableOperations loaded = lake.catalog().load(table);
    if (loaded == null) {
      seen.put(table, TableBase.missing(table, lake.config().location(table)));
      return Conflict.everywhere();
    }

    TableMetadata now = loaded.current();
    String stateName = States.current(now);
    TableState state = States.read(table, loaded.io(), now, stateName);
    Conflict changed = new Changes(loaded.io(), now, state, stateName).since(before);
    TableBase latest = Lake.base(table, now, now.currentSnapshot(), state, stateName);
    seen.put(table, directory.preserve(loaded.io(), latest));
    return changed;
  }

  /**
   * The version of a table, 0 where there is none, if nobody else has changed it since the run
   * looked at it; empty if somebody has.
   */
  OptionalLong versionUnlessOvertaken(String table) {
    TableOperations loaded = lake.catalog().load(table);
    Snapshot current = loaded == null ? null : loaded.current().currentSnapshot();
    TableBase known = known(table);
    if (current == null) {
      return known.isMissing() ? OptionalLong.of(0) : OptionalLong.empty();
    }

    long seenLast = known.isMissing() ? -1 : known.handle().snapshotId();
    if (current.snapshotId() == seenLast) {
      return OptionalLong.of(current.sequenceNumber());
    }

    Long parent = current.parentId();
    String token =
        Objects.requireNonNullElse(current.summary(), Map.<String, String>of())
            .getOrDefault(States.TOKEN, "");
    boolean isOurs = RunId.isToken(id, token);
    return isOurs && (parent == null ? -1 : parent) == seenLast
        ? OptionalLong.of(current.sequenceNumber())
        : OptionalLong.empty();
  }

  /** Deletes files of this run that no table needs. */
  void discard(String table, Collection<String> files) throws IOException {
    for (String file : files) {
      if (!id.equals(RunId.in(References.name(file)))) {
        throw new IllegalStateException(
            "a file of run " + id + " must have its name, but in table " + table + " was: " + file);
      }

      lake.config().storage().delete(file);
    }
  }

  /** Leaves everything as it is, so that another can take the run over. */
  public void leave() {
    isAbandoned = true;
  }

  /**
   * Ends the run: files that were not committed go, and so does its directory. A run that a step
   * goes on committing is left to whoever comes next.
   */
  @Override
  public void close() throws IOException {
    try (directory) {
      if (isAbandoned || !directory.seize()) {
        return;
      }

      for (String table : new TreeSet<>(lake.directories())) {
        removeUncommitted(table);
      }

      directory.delete();
      LOG.debug("run {} has ended", id);
    }
  }

  private void removeUncommitted(String table) throws IOException {
    Storage storage = lake.config().storage();
    List<OwnFile> candidates = new ArrayList<>(OwnFiles.in(storage, lake.config().location(table)));
    candidates.removeIf(file -> !id.equals(file.run()));
    if (candidates.isEmpty()) {
      return;
    }

    TableOperations loaded;
    try {
      loaded = lake.catalog().load(table);
    } catch (BrokenTableException e) {
      // What it needs is not known: all stays.
      return;
    }

    if (loaded != null) {
      Set<String> committed = RunFiles.committed(table, loaded, id);
      if (committed == null) {
        // The snapshot has expired already; upkeep, which looks at all files, has the rest.
        return;
      }

      candidates.removeIf(file -> committed.contains(file.name()));
    }

    for (OwnFile file : candidates) {
      storage.deleteFile(file.location());
    }
  }
}
