package org.anabranch.transforms.merge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Change;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.anabranch.transforms.merge.TableStore.StoredBucket;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.anabranch.transforms.source.FoundBoundary;
import org.anabranch.transforms.source.Generations;
import org.jspecify.annotations.Nullable;

/**
 * Merges what a run has written of some buckets into what others have committed meanwhile. The rows
 * and records it wrote are versions like all others, so they are simply changes once more: the
 * input is not needed again. Rows that it has only copied are no changes: others may have taken
 * them out, and forgotten that they did. The histories of their keys are written anew, for a
 * history is committed before its table: what the run wrote of them may lack what others have in
 * the table.
 *
 * <p>Bucket by bucket: the changes of one at a time are held in memory. Where rows may belong to
 * other buckets by now (others have made the table with another number of buckets, or rows have
 * moved), all that was written is read once for each round of buckets, of which there are as many
 * as memory asks for.
 */
public final class MergeAgain {

  /** Rows of a round at most, where it is more than one bucket: some hundred megabytes. */
  private static final long ROWS_OF_ROUND = 500_000;

  private static final int BATCH_BYTES = 1 << 20;

  private final MergeConfig config;
  private final TableStore then;
  private final RunReport ours;
  private final String table;
  private final List<String> key;
  private final Schema source;
  private final Generations generations;

  /** What is collected for the buckets of the round. */
  private final NavigableMap<Integer, Batches> changes = new TreeMap<>();

  private final int buckets;
  private final long rowsOfRound;

  /** Where the table is gone, all that the run has written of it is what there is. */
  private final boolean isStillStored;

  private MergeAgain(
      MergeConfig config,
      TableStore then,
      RunReport ours,
      String table,
      int buckets,
      long rowsOfRound) {
    this.config = config;
    this.then = then;
    this.ours = ours;
    this.table = table;
    List<String> stored = then.key(table);
    key = stored.isEmpty() ? ours.key(table) : stored;
    source =
        TableOutput.sourceColumns(then.schema(table))
            .join(TableOutput.sourceColumns(ours.schema(table)));
    this.buckets = buckets;
    this.rowsOfRound = rowsOfRound;
    isStillStored = config.store().buckets().containsKey(table);
    SortedSet<FoundBoundary> boundaries = new TreeSet<>(ours.facts(table).boundaries());
    boundaries.addAll(config.store().facts(table).boundaries());
    generations = new Generations(config.sources(), boundaries);
  }

  /**
   * Merges buckets of a table, and of its history, again.
   *
   * @param config with the store as it is now, in which the table or its history exists
   * @param then the store as it was when the run wrote
   * @param ours what the run wrote
   * @param buckets of the table now; where only its history is there, of that
   * @param changed buckets that others have changed
   * @return the reports of the table and of its history to commit instead
   */
  public static RunReport of(
      MergeConfig config,
      TableStore then,
      RunReport ours,
      String table,
      int buckets,
      Set<Integer> changed)
      throws IOException {
    return of(config, then, ours, table, buckets, changed, ROWS_OF_ROUND);
  }

  /** The same with so many rows of a round at most. */
  static RunReport of(
      MergeConfig config,
      TableStore then,
      RunReport ours,
      String table,
      int buckets,
      Set<Integer> changed,
      long rowsOfRound)
      throws IOException {
    if (buckets < 1) {
      throw new IllegalArgumentException("buckets must be at least 1, but was: " + buckets);
    }

    List<String> key = then.key(table).isEmpty() ? ours.key(table) : then.key(table);
    List<String> now = config.store().key(table);
    boolean isSameKey =
        key.isEmpty()
            || now.isEmpty()
            || (key.equals(now) && then.hasOldKeys(table) == config.store().hasOldKeys(table));
    if (!isSameKey) {
      throw new IOException(
          "others have given table '%s' the key %s meanwhile, and here it is %s; run it again"
              .formatted(table, String.join("+", now), String.join("+", key)));
    }

    return new MergeAgain(config, then, ours, table, buckets, rowsOfRound).run(changed);
  }

  private RunReport run(Set<Integer> changed) throws IOException {
    Map<Integer, List<WrittenFile>> written = new TreeMap<>();
    for (WrittenFile file : files(table)) {
      written.computeIfAbsent(file.bucket(), added -> new ArrayList<>()).add(file);
    }

    boolean isSameBuckets = then.buckets().getOrDefault(table, 0) == buckets;
    Set<Integer> again = new TreeSet<>(written.keySet());
    files(table + MergeConfig.HISTORY_SUFFIX).forEach(file -> again.add(file.bucket()));
    boolean isMoved = changed.contains(TableStore.MOVED) || again.contains(TableStore.MOVED);
    if (isSameBuckets && !isMoved) {
      again.retainAll(changed);
    }

    RunReport merged = RunReport.EMPTY;
    List<byte[]> forwarded = new ArrayList<>();
    for (Round round : isSameBuckets && !isMoved ? ownRounds(again) : rounds(again)) {
      for (int bucket : round.sources()) {
        collect(bucket, written.getOrDefault(bucket, List.of()), round);
      }

      // Each is looked at, also where the run changed nothing in it: a type may have widened.
      IntStream.range(round.from(), round.to()).forEach(this::batches);
      while (!changes.isEmpty()) {
        Map.Entry<Integer, Batches> bucket = changes.pollFirstEntry();
        merged = merged.join(update(bucket.getKey(), forwarded).run(bucket.getValue().complete()));
      }
    }

    // Written as a whole each time, so it may lack what others have committed.
    if (!forwarded.isEmpty() || again.contains(TableStore.MOVED)) {
      again.add(TableStore.MOVED);
      merged = merged.join(update(TableStore.MOVED, new ArrayList<>()).run(forwarded));
    }

    return replaced(merged, again);
  }

  /**
   * Buckets that are merged again together.
   *
   * @param sources buckets as the run wrote them, whose rows are read
   * @param from first of the buckets as they are now
   * @param to behind the last of them
   * @param isOwn whether the sources have nothing of other buckets
   */
  private record Round(Set<Integer> sources, int from, int to, boolean isOwn) {

    /**
     * Whether a bucket is one of the round.
     *
     * @throws IllegalStateException where it should not be among the sources
     */
    boolean has(int bucket) {
      boolean isIn = bucket >= from && bucket < to;
      if (!isIn && isOwn) {
        throw new IllegalStateException(
            "bucket %d has what belongs to bucket %d".formatted(from, bucket));
      }

      return isIn;
    }
  }

  /** Each bucket has its own rows. */
  private static List<Round> ownRounds(Set<Integer> again) {
    return again.stream()
        .map(bucket -> new Round(Set.of(bucket), bucket, bucket + 1, true))
        .toList();
  }

  /** Any bucket may have rows of any other. */
  private List<Round> rounds(Set<Integer> again) {
    long rows = files(table).stream().mapToLong(WrittenFile::rows).sum();
    int rounds = (int) Math.min(buckets, 1 + rows / rowsOfRound);
    List<Round> all = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      all.add(new Round(again, buckets * round / rounds, buckets * (round + 1) / rounds, false));
    }

    return all;
  }

  private List<WrittenFile> files(String name) {
    TableReport report = ours.table(name);
    return report == null ? List.of() : report.files();
  }

  private BucketUpdate update(int bucket, List<byte[]> forwarded) {
    return new BucketUpdate(
            config,
            new TableBucket(table, bucket),
            key,
            source,
            generations,
            (target, batch) -> {},
            forwarded::add)
        .again();
  }

  /**
   * Collects what was written of a bucket as changes, each for the bucket it belongs to now, if
   * that is one of the round.
   */
  private void collect(int bucket, List<WrittenFile> files, Round round) throws IOException {
    Schema schema = TableOutput.currentSchema(source);
    StoredBucket written = then.reopen(table, schema, bucket, files);
    StoredBucket before = then.open(table, schema, bucket);
    Versions kept = new Versions(generations);
    before.kept(kept::addKept);
    written.kept(
        batch -> {
          kept.addKept(batch);
          addRecords(batch, round);
        });
    if (bucket == TableStore.MOVED) {
      return;
    }

    List<String> names = schema.columns().stream().map(Column::name).toList();
    List<String> columns = names.subList(0, names.size() - 1);
    try (RowCursor rows = written.sorted(key, names);
        CopiedRows copied = new CopiedRows(before, key, names)) {
      while (rows.next()) {
        addRow(rows, columns, kept, copied, round);
      }
    }
  }

  /** Those of moved rows, too, go to the buckets of their keys, which may have them by now. */
  private void addRecords(byte[] batch, Round round) {
    RowBatch.Reader in = new RowBatch.Reader(batch);
    while (in.next()) {
      if (in.kind() == RowBatch.TRUNCATE) {
        for (int target = round.from(); target < round.to(); target++) {
          batches(target).add(in.change());
        }
      } else {
        int target = KeyWriter.bucket(in.buffer(), in.keyOffset(), in.keyLength(), buckets);
        if (round.has(target)) {
          batches(target).add(in.change());
        }
      }
    }
  }

  private Batches batches(int bucket) {
    return changes.computeIfAbsent(bucket, added -> new Batches());
  }

  /**
   * The changes of a bucket. In many batches: one that grows is in memory twice while it does, and
   * ends at what an array can hold.
   */
  private static final class Batches {

    private final List<byte[]> full = new ArrayList<>();
    private final RowBatch.Writer writer = new RowBatch.Writer(1024);

    void add(Change change) {
      writer.add(change);
      if (writer.size() >= BATCH_BYTES) {
        flush();
      }
    }

    private void flush() {
      full.add(writer.toByteArray());
      writer.clear();
    }

    /** All of them; nothing is added any more. */
    List<byte[]> complete() {
      if (!writer.isEmpty()) {
        flush();
      }

      return full;
    }
  }

  private void addRow(
      RowCursor rows, List<String> columns, Versions kept, CopiedRows copied, Round round)
      throws IOException {
    int target = KeyWriter.bucket(rows.key(), 0, rows.keyLength(), buckets);
    if (!round.has(target)) {
      return;
    }

    ByteReader reader =
        new ByteReader(rows.values()).reset(rows.values(), rows.offset(), rows.length());
    for (int i = 0; i < columns.size(); i++) {
      Values.skip(reader);
    }

    int end = reader.position();
    String written = StoredSheet.positionText(reader);
    Position position = written == null ? Position.BASE : Position.decode(written);
    long timeMicros = written == null ? 0 : Position.timeMicros(written);
    if (isStillStored && copied.has(rows, position.equals(Position.BASE))) {
      return;
    }

    int known = kept.find(rows.key(), 0, rows.keyLength());
    if (known >= 0 && kept.hasImageAt(known, position, timeMicros)) {
      return;
    }

    batches(target)
        .add(
            RowBatch.change(
                position.equals(Position.BASE) ? RowBatch.BASE : RowBatch.IMAGE,
                position,
                timeMicros,
                ByteBuffer.wrap(rows.key(), 0, rows.keyLength()),
                columns,
                ByteBuffer.wrap(rows.values(), rows.offset(), end - rows.offset())));
  }

  /** The reports of both tables with the files of the buckets that were merged again replaced. */
  private RunReport replaced(RunReport merged, Set<Integer> again) {
    List<TableReport> reports = new ArrayList<>();
    for (String name : List.of(table, table + MergeConfig.HISTORY_SUFFIX)) {
      TableReport old = ours.table(name);
      TableReport fresh = merged.table(name);
      if (old != null || fresh != null) {
        reports.add(replaced(name, old, fresh, again));
      }
    }

    return RunReport.of(reports);
  }

  private static TableReport replaced(
      String name, @Nullable TableReport old, @Nullable TableReport fresh, Set<Integer> again) {
    TableReport nothing = TableReport.counting(name, Map.of());
    TableReport left = old == null ? nothing : old;
    TableReport right = fresh == null ? nothing : fresh;
    List<WrittenFile> files = new ArrayList<>(right.files());
    left.files().stream().filter(file -> !again.contains(file.bucket())).forEach(files::add);
    return new TableReport(
        name,
        TableReport.joinKeys(left.key(), right.key()),
        left.schema().join(right.schema()),
        files,
        left.counts(),
        left.progress(),
        left.facts());
  }
}
