package org.anabranch.transforms.merge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.anabranch.model.ByteReader;
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
 * input is not needed again. The histories of their keys are written anew, for a history is
 * committed before its table: what the run wrote of them may lack what others have in the table.
 */
public final class MergeAgain {

  private final MergeConfig config;
  private final TableStore then;
  private final RunReport ours;
  private final String table;
  private final List<String> key;
  private final Schema source;
  private final Generations generations;
  private final Map<Integer, RowBatch.Writer> changes = new TreeMap<>();
  private final int buckets;

  private MergeAgain(
      MergeConfig config, TableStore then, RunReport ours, String table, int buckets) {
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

    return new MergeAgain(config, then, ours, table, buckets).run(changed);
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

    for (int bucket : again) {
      collect(bucket, written.getOrDefault(bucket, List.of()));
    }

    RunReport merged = RunReport.EMPTY;
    List<byte[]> forwarded = new ArrayList<>();
    for (Map.Entry<Integer, RowBatch.Writer> bucket : changes.entrySet()) {
      byte[] batch = bucket.getValue().toByteArray();
      merged = merged.join(update(bucket.getKey(), forwarded).run(List.of(batch)));
    }

    // Written as a whole each time, so it may lack what others have committed.
    if (!forwarded.isEmpty() || again.contains(TableStore.MOVED)) {
      again.add(TableStore.MOVED);
      merged = merged.join(update(TableStore.MOVED, new ArrayList<>()).run(forwarded));
    }

    return replaced(merged, again);
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

  /** Collects what was written of a bucket as changes, each for the bucket it belongs to now. */
  private void collect(int bucket, List<WrittenFile> files) throws IOException {
    Schema schema = TableOutput.currentSchema(source);
    StoredBucket written = then.reopen(table, schema, bucket, files);
    Versions kept = new Versions(generations);
    then.open(table, schema, bucket).kept(kept::addKept);
    written.kept(
        batch -> {
          kept.addKept(batch);
          addRecords(batch);
        });
    if (bucket == TableStore.MOVED) {
      return;
    }

    List<String> names = schema.columns().stream().map(Column::name).toList();
    List<String> columns = names.subList(0, names.size() - 1);
    try (RowCursor rows = written.scan(key, names)) {
      while (rows.next()) {
        addRow(rows, columns, kept);
      }
    }
  }

  /** Those of moved rows, too, go to the buckets of their keys, which may have them by now. */
  private void addRecords(byte[] batch) {
    RowBatch.Reader in = new RowBatch.Reader(batch);
    while (in.next()) {
      if (in.kind() == RowBatch.TRUNCATE) {
        for (int target = 0; target < buckets; target++) {
          writer(target).add(in.change());
        }
      } else {
        writer(KeyWriter.bucket(in.buffer(), in.keyOffset(), in.keyLength(), buckets))
            .add(in.change());
      }
    }
  }

  private RowBatch.Writer writer(int bucket) {
    return changes.computeIfAbsent(bucket, added -> new RowBatch.Writer(1024));
  }

  private void addRow(RowCursor rows, List<String> columns, Versions kept) {
    ByteReader reader =
        new ByteReader(rows.values()).reset(rows.values(), rows.offset(), rows.length());
    for (int i = 0; i < columns.size(); i++) {
      Values.skip(reader);
    }

    int end = reader.position();
    String written = StoredSheet.positionText(reader);
    Position position = written == null ? Position.BASE : Position.decode(written);
    long timeMicros = written == null ? 0 : Position.timeMicros(written);
    int known = kept.find(rows.key(), 0, rows.keyLength());
    if (known >= 0 && kept.hasImageAt(known, position, timeMicros)) {
      return;
    }

    writer(KeyWriter.bucket(rows.key(), 0, rows.keyLength(), buckets))
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
