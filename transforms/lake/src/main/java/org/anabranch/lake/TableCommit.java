package org.anabranch.lake;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.anabranch.lake.CommitResult.Committed;
import org.anabranch.lake.CommitResult.Nothing;
import org.anabranch.lake.TableHandle.Segment;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.anabranch.transforms.report.TableReport;
import org.anabranch.transforms.source.TableFacts;
import org.anabranch.transforms.source.TableVerdict;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.util.JsonUtil;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to commit a run to one table: looks first whether the run is in already, then whether
 * the table is still at the version the run builds on, and then commits schema, files, state and
 * pointer as one snapshot on top of exactly this version.
 *
 * <p>May be repeated after any failure: each attempt begins by looking.
 */
final class TableCommit {

  private final LakeCatalog catalog;
  private final String run;
  private final String token;
  private final TableBase base;
  private final TableReport report;
  private final RunBase runBase;
  private final long conflicts;

  /**
   * @param token by which the table remembers the commit
   * @param base version the report builds on
   * @param runBase of the run: buckets of a new table, progress, what may become of a schema
   * @param conflicts met by earlier attempts, to be counted in the state
   */
  TableCommit(
      LakeCatalog catalog,
      String run,
      String token,
      TableBase base,
      TableReport report,
      RunBase runBase,
      long conflicts) {
    this.catalog = catalog;
    this.run = run;
    this.token = token;
    this.base = base;
    this.report = report;
    this.runBase = runBase;
    this.conflicts = conflicts;
  }

  /**
   * Commits, or finds out why not.
   *
   * @throws ConflictException where the table was changed during the attempt
   * @throws SchemaChangeException where the table must stay as it is, and would not
   * @throws TablesRefusedException where the run contradicts what is stored
   * @throws org.apache.iceberg.exceptions.CommitStateUnknownException where only looking can tell
   */
  CommitResult attempt() throws IOException {
    String table = report.table();
    TableOperations loaded = catalog.load(table);
    if (loaded == null) {
      return base.isMissing() ? create() : CommitResult.Conflict.everywhere();
    }

    TableMetadata now = loaded.current();
    String stateName = States.current(now);
    if (stateName.isEmpty()) {
      throw new IllegalStateException(
          now.location() + " is in the way of table '" + table + "': it was not made by anabranch");
    }

    TableLocations.requireInPlace(catalog.config(), table, now);
    TableState state = States.read(table, loaded.io(), now, stateName);
    if (state.contains(token)) {
      return new Committed(version(now));
    }

    Changes changes = new Changes(loaded.io(), now, state, stateName);
    if (changes.isSince(base)) {
      return changes.since(base);
    }

    return update(loaded, now, state);
  }

  private CommitResult create() throws IOException {
    if (!report.published()) {
      return new Nothing();
    }

    TableState state =
        new TableState(
            runBase.buckets(),
            hasFilesOfOldKeys(report.schema()) ? TableState.TYPED_KEY_FORM : TableState.KEY_FORM,
            report.key(),
            org.anabranch.model.Schema.EMPTY,
            List.of(),
            List.of(),
            Map.of(),
            Map.of(),
            TableFacts.NONE);
    requireAgreement(state);
    Schema schema = SchemaPlan.of(null, List.of(), report.schema()).icebergSchema();
    PartitionSpec spec = LakeLayout.spec(schema);
    Transaction transaction =
        catalog.create(
            report.table(), schema, spec, TableProperties.of(runBase.buckets(), report.key()), run);
    requireSame(schema, transaction.table().schema());
    return commit(transaction, null, state);
  }

  /** Workers have written files with the field ids of the plan. */
  private void requireSame(Schema planned, Schema made) {
    if (!planned.sameSchema(made)) {
      throw new IllegalStateException(
          "the catalog has given the fields of table '"
              + report.table()
              + "' other ids than planned: "
              + made
              + " instead of "
              + planned);
    }
  }

  private CommitResult update(TableOperations loaded, TableMetadata now, TableState state)
      throws IOException {
    boolean isSameSchema = state.schema().join(report.schema()).equals(state.schema());
    if (report.files().isEmpty() && isSameSchema && !state.lacks(runBase.progress().all())) {
      return new Nothing();
    }

    requireAgreement(state);
    if (state.keyForm() == TableState.KEY_FORM
        && hasFilesOfOldKeys(state.schema().join(report.schema()))) {
      throw new IllegalStateException(
          "run %s of an earlier program cannot be finished, for table '%s' has other keys now: remove its directory in .anabranch/runs, then its input is read again"
              .formatted(run, report.table()));
    }

    List<String> newKey = newKey();
    boolean isRekeyed =
        !newKey.isEmpty()
            && (state.keyForm() != TableState.KEY_FORM || !state.key().equals(newKey));
    if (isRekeyed) {
      requireAllReplaced(loaded, now, state, "gets another key");
    }

    Transaction transaction = catalog.update(report.table(), loaded, now, run);
    SchemaPlan plan =
        SchemaPlan.of(
            transaction.table(), state.schema().columns(), state.schema().join(report.schema()));
    requireAllowed(transaction.table(), state.schema(), plan);
    if (plan.mustRewrite()) {
      requireAllReplaced(loaded, now, "has a column that gets another type");
    }

    if (!plan.isEmpty()) {
      // As planned, id by id, as the workers have planned it too.
      TableOperations operations = ((HasTableOperations) transaction.table()).operations();
      TableMetadata current = operations.current();
      operations.commit(current, current.updateSchema(plan.icebergSchema()));
    }

    if (isRekeyed) {
      transaction.updateProperties().set(TableProperties.KEY, String.join(",", newKey)).commit();
    }

    return commit(transaction, now, isRekeyed ? state.rekeyed(newKey) : state);
  }

  /** Whether a run of an earlier program has written rows or records by keys of another form. */
  private boolean hasFilesOfOldKeys(org.anabranch.model.Schema schema) {
    return TableState.keyFormOfOld(report.key(), schema) != TableState.KEY_FORM
        && report.files().stream()
            .map(file -> FileContent.fromJson(file.content()))
            .anyMatch(
                content ->
                    content.keyForm() != TableState.KEY_FORM
                        && !(content.data().isEmpty() && content.kept().isEmpty()));
  }

  /** The key that the files give to the table; empty where it keeps its own. */
  private List<String> newKey() {
    return report.files().stream()
        .map(file -> FileContent.fromJson(file.content()).newKey())
        .filter(key -> !key.isEmpty())
        .findFirst()
        .orElse(List.of());
  }

  private void requireAllowed(Table table, org.anabranch.model.Schema stored, SchemaPlan plan) {
    List<SchemaChange> changes = SchemaCheck.changes(table, report.table(), stored, plan);
    if (!changes.isEmpty() && runBase.rules().schemaChanges().of(report.table()) != Policy.EVOLVE) {
      throw new SchemaChangeException(changes);
    }
  }

  /** Others may have committed what contradicts the run, after it was decided. */
  private void requireAgreement(TableState state) {
    TableVerdict verdict =
        TableVerdict.of(report.table(), report.facts(), state.facts(), runBase.rules().sources());
    if (verdict.isRefused()) {
      throw new TablesRefusedException(verdict.refusals());
    }
  }

  /** Values of a column that gets another type must not stay behind in files under the old one. */
  private void requireAllReplaced(TableOperations loaded, TableMetadata now, String reason) {
    Snapshot current = now.currentSnapshot();
    if (current == null) {
      return;
    }

    Set<Integer> left = new TreeSet<>();
    BucketFiles files = new BucketFiles(loaded.io(), now);
    files.forEach(current, file -> left.add(files.bucket(file)));
    report.files().stream()
        .filter(file -> FileContent.fromJson(file.content()).replaces())
        .map(WrittenFile::bucket)
        .forEach(left::remove);
    if (!left.isEmpty()) {
      throw new IllegalStateException(
          "table '"
              + report.table()
              + "' "
              + reason
              + ", so that all its buckets must be rewritten, but these were not: "
              + left);
    }
  }

  /** The same for records: none may stay behind. */
  private void requireAllReplaced(
      TableOperations loaded, TableMetadata now, TableState state, String reason) {
    requireAllReplaced(loaded, now, reason);
    Set<Integer> left = new TreeSet<>();
    state.segments().forEach(segment -> left.add(segment.bucket()));
    report.files().stream()
        .filter(file -> FileContent.fromJson(file.content()).replacesKept())
        .map(WrittenFile::bucket)
        .forEach(left::remove);
    if (!left.isEmpty()) {
      throw new IllegalStateException(
          "table '%s' %s, but records of these buckets stay: %s"
              .formatted(report.table(), reason, left));
    }
  }

  private CommitResult commit(
      Transaction transaction, @Nullable TableMetadata now, TableState state) throws IOException {
    RowDelta delta = CallerThread.ifFew(transaction.newRowDelta(), transaction.table().io(), now);
    // A bucket whose rows are rewritten keeps its segments, unless told otherwise.
    List<Segment> segments = new ArrayList<>(state.segments());
    List<Segment> added = new ArrayList<>();
    Set<Integer> replaced = new TreeSet<>();
    Map<Integer, Set<String>> removed = new TreeMap<>();
    for (WrittenFile file : report.files()) {
      FileContent content = FileContent.fromJson(file.content());
      add(delta, content, transaction.table().specs());
      added.addAll(content.kept());
      if (content.replaces()) {
        replaced.add(file.bucket());
      } else if (!content.removes().isEmpty()) {
        removed.computeIfAbsent(file.bucket(), bucket -> new TreeSet<>()).addAll(content.removes());
      }

      if (content.replacesKept()) {
        segments.removeIf(segment -> segment.bucket() == file.bucket());
      }
    }

    segments.addAll(added);

    Snapshot before = now == null ? null : now.currentSnapshot();
    if (now != null && before != null) {
      remove(delta, new BucketFiles(transaction.table().io(), now), before, replaced, removed);
    }

    TableState next =
        state.with(
            token,
            report.schema(),
            segments,
            runBase.progress().all(),
            conflicts,
            TableVerdict.toStore(state.facts(), report.facts(), runBase.rules().sources()));
    String name = States.write(transaction.table().io(), transaction.table().location(), run, next);
    delta
        .set(States.TOKEN, token)
        .set(States.STATE, name)
        .set(States.PROGRESS, runBase.progress().text());
    String pipeline = runBase.pipelineOrNone().name();
    if (!pipeline.isEmpty()) {
      delta.set(States.PIPELINE, pipeline);
    }

    TableCommitted.counts(report)
        .forEach((what, count) -> delta.set(States.COUNT + what, Long.toString(count)));
    delta.commit();
    if (runBase.pipelineOrNone().redelivers()) {
      new Redelivery(pipeline).begin(transaction, before);
    }

    transaction.updateProperties().set(States.STATE, name).commit();
    long version = transaction.table().currentSnapshot().sequenceNumber();
    transaction.commitTransaction();
    return new Committed(version);
  }

  /** Removes all files of some buckets, and some files of others. */
  private static void remove(
      RowDelta delta,
      BucketFiles files,
      Snapshot before,
      Set<Integer> replaced,
      Map<Integer, Set<String>> removed) {
    removed.keySet().removeAll(replaced);
    Set<Integer> buckets = new TreeSet<>(replaced);
    buckets.addAll(removed.keySet());
    BucketFiles.Files stored = files.of(before, buckets);
    Predicate<ContentFile<?>> goes =
        file -> {
          Set<String> some = removed.get(files.bucket(file));
          return some == null || some.remove(file.location());
        };
    stored.data().stream().filter(goes).forEach(delta::removeRows);
    stored.deletes().stream().filter(goes).forEach(delta::removeDeletes);
    removed.values().removeIf(Set::isEmpty);
    if (!removed.isEmpty()) {
      throw new IllegalStateException("files that are to go are not there: " + removed);
    }
  }

  private static void add(RowDelta delta, FileContent content, Map<Integer, PartitionSpec> specs) {
    for (String json : content.data()) {
      delta.addRows((DataFile) parse(json, specs));
    }

    for (String json : content.deletes()) {
      delta.addDeletes((DeleteFile) parse(json, specs));
    }
  }

  static ContentFile<?> parse(String json, Map<Integer, PartitionSpec> specs) {
    return JsonUtil.parse(json, (JsonNode node) -> ContentFileParser.fromJson(node, specs));
  }

  private long version(TableMetadata now) {
    Snapshot current = now.currentSnapshot();
    if (current == null) {
      return 0;
    }

    for (Snapshot snapshot : SnapshotUtil.ancestorsOf(current.snapshotId(), now::snapshot)) {
      Map<String, String> summary = Objects.requireNonNullElse(snapshot.summary(), Map.of());
      if (token.equals(summary.get(States.TOKEN))) {
        return snapshot.sequenceNumber();
      }
    }

    return 0;
  }
}
