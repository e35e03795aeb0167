package org.anabranch.transforms.merge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.anabranch.transforms.merge.Versions.Origin;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.anabranch.transforms.source.Generations;
import org.anabranch.transforms.source.TableFacts;
import org.jspecify.annotations.Nullable;

/**
 * Brings one bucket of one table up to date: merges the changes of this run into what is stored of
 * it, key by key. Only the bucket's changes are held in memory; its stored rows stream by. Keys
 * that meet in the bucket {@link TableStore#MOVED} are handed over to it with all that is known of
 * them.
 */
final class BucketUpdate {

  private final TableBucket bucket;
  private final List<String> key;
  private final Generations generations;
  private final Versions versions;
  private final Schema schema;
  private final BiConsumer<TableBucket, byte[]> projected;
  private final Consumer<byte[]> moved;
  private final ByteReader reader = new ByteReader(new byte[0]);
  private final @Nullable List<String> newKey;
  private MergeConfig config;
  private boolean isAgain;

  /**
   * @param key columns of the table's key as this run saw them; empty where it did not
   * @param seen columns of the source as this run saw them
   * @param generations tells how often the numbers of a source have started again
   * @param projected takes the rows that later steps ask for
   * @param moved takes the records of the bucket {@link TableStore#MOVED}
   */
  BucketUpdate(
      MergeConfig config,
      TableBucket bucket,
      List<String> key,
      Schema seen,
      Generations generations,
      BiConsumer<TableBucket, byte[]> projected,
      Consumer<byte[]> moved) {
    this.config = config;
    this.bucket = bucket;
    this.generations = generations;
    versions = new Versions(generations);
    this.projected = projected;
    this.moved = moved;
    newKey = config.rekeyed().get(bucket.table());
    List<String> storedKey = config.store().key(bucket.table());
    this.key = newKey != null ? newKey : storedKey.isEmpty() ? key : storedKey;
    schema = TableOutput.sourceColumns(config.store().schema(bucket.table())).join(seen);
  }

  /** Writes the histories of all keys that the changes name, also where they bring no news. */
  BucketUpdate again() {
    isAgain = true;
    return this;
  }

  /** Merges batches of changes; there may be none. */
  RunReport run(Iterable<byte[]> batches) throws IOException {
    if (newKey != null) {
      return runRekeyed(newKey, batches);
    }

    batches.forEach(versions::add);
    return run();
  }

  private RunReport run() throws IOException {
    return bucket.bucket() == TableStore.MOVED ? runMoved() : runOrdinary();
  }

  /** Merges into what the table gives to the bucket under its new key. */
  private RunReport runRekeyed(List<String> newKey, Iterable<byte[]> batches) throws IOException {
    TableStore store = config.store();
    RekeyedStore rekeyed = new RekeyedStore(store, bucket.table(), newKey, generations, batches);
    if (!rekeyed.refusals().isEmpty()) {
      String refusal = rekeyed.refusals().get(0);
      TableFacts refused = TableFacts.of(TableFacts.REFUSED, refusal);
      return RunReport.of(List.of(TableReport.telling(bucket.table(), refused)));
    }

    config = config.withStore(rekeyed);
    rekeyed.changes().forEach(versions::add);
    if (bucket.bucket() == 0 && store.hasMoved(bucket.table())) {
      // What is stored of moved rows goes, also where none are left.
      moved.accept(new RowBatch.Writer(16).toByteArray());
    }

    Map<String, Long> notes = new TreeMap<>();
    rekeyed.notes().forEach((note, count) -> notes.put(TableReport.NOTE + note, count));
    return run().join(RunReport.of(List.of(TableReport.counting(bucket.table(), notes))));
  }

  private RunReport runMoved() throws IOException {
    TableOutput output = new TableOutput(config, bucket, key, schema, versions.keys(), projected);
    output.current().stored().kept(versions::addKept);
    CarriedValues carried = new CarriedValues(output);
    BucketMerge merge = new BucketMerge(versions, output, true, carried::add);
    for (int first : versions.firstOfEachKey()) {
      merge.merge(first);
    }

    carried.write();
    merge.keepTruncates();
    merge.finish();
    output.countRows(output.current().stored().rows(), output.current().added());
    return output.finish();
  }

  private RunReport runOrdinary() throws IOException {
    RunReport progress = progress();
    long changedKeys = hasBase() ? Integer.MAX_VALUE : versions.keys();
    TableOutput output = new TableOutput(config, bucket, key, schema, changedKeys, projected);
    boolean needsAllKept = !versions.truncates().isEmpty();
    if (!versions.isEmpty()) {
      output
          .current()
          .stored()
          .kept(needsAllKept ? versions::addKept : versions::addKeptOfKnownKeys);
    }

    BucketMerge merge =
        new BucketMerge(
            versions,
            output,
            false,
            pending -> {
              throw new IllegalStateException("a row waits for another one in " + bucket);
            });
    if (isAgain && output.hasHistory()) {
      merge.writeKnownToo();
    }

    Keys keys = new Keys(merge, output);
    StoredSheet history = output.history();
    if (history != null && !history.isRewritten() && history.hasStoredRows()) {
      lookUpHistory(history);
    }

    if (output.current().isRewritten() && output.current().hasStoredRows()) {
      rewrite(keys, merge, output);
    } else {
      patch(keys, merge, output);
    }

    if (history != null) {
      history.copyRest();
    }

    keys.forwardRest();
    merge.keepTruncates();
    merge.finish();
    output.projectStored(key);
    return progress.join(output.finish());
  }

  private boolean hasBase() {
    for (int version = 0; version < versions.size(); version++) {
      if (versions.isBase(version)) {
        return true;
      }
    }

    return false;
  }

  /** How far this run has read, as the changes of the bucket tell it. */
  private RunReport progress() {
    if (versions.isEmpty()) {
      return RunReport.EMPTY;
    }

    Map<String, Long> progress = new TreeMap<>();
    versions.progress(progress);
    return RunReport.of(List.of(TableReport.progressing(bucket.table(), progress)));
  }

  /** Copies the stored rows in their order and puts the changed ones between them. */
  private void rewrite(Keys keys, BucketMerge merge, TableOutput output) throws IOException {
    StoredSheet sheet = output.current();
    List<String> columns = sheet.names().subList(0, sheet.names().size() - 1);
    RowCursor rows = sheet.openSorted();
    for (int first : versions.firstOfEachKey()) {
      while (sheet.isAtRow() && versions.compareKey(first, rows.key(), rows.keyLength()) > 0) {
        copy(merge, output);
      }

      boolean isStored =
          sheet.isAtRow() && versions.compareKey(first, rows.key(), rows.keyLength()) == 0;
      if (isStored) {
        String written = written(rows, columns.size());
        versions.addStored(
            versions.find(rows.key(), 0, rows.keyLength()),
            position(written),
            time(written),
            0,
            columns,
            rows.values(),
            rows.offset(),
            rows.start(columns.size()) - rows.offset());
      }

      long added = sheet.added();
      boolean isGone = keys.merge(first);
      output.countRow(isStored, isGone, sheet.added() > added);
      if (isStored && isGone) {
        sheet.dropStored();
        sheet.nextRow();
      } else if (isStored) {
        copy(merge, output);
      }
    }

    while (sheet.isAtRow()) {
      copy(merge, output);
    }
  }

  /** Text of the position of a stored row; null for a row of a base. */
  private @Nullable String written(RowCursor rows, int column) {
    int start = rows.start(column);
    return StoredSheet.positionText(
        reader.reset(rows.values(), start, rows.start(column + 1) - start));
  }

  private Position position(@Nullable String written) {
    return written == null
        ? Position.BASE
        : generations.place(Position.decode(written), Position.timeMicros(written));
  }

  private static long time(@Nullable String written) {
    return written == null ? 0 : Position.timeMicros(written);
  }

  private void copy(BucketMerge merge, TableOutput output) throws IOException {
    StoredSheet sheet = output.current();
    RowCursor rows = sheet.openSorted();
    if (merge.hasNewTruncate()
        && merge.isTruncated(position(written(rows, sheet.names().size() - 1)))) {
      output.countRow(true, true, false);
      sheet.dropStored();
    } else {
      sheet.fillFromStored();
      output.copyCurrent();
    }

    sheet.nextRow();
  }

  /** Looks for the stored rows of the changed keys, then writes what is new. */
  private void patch(Keys keys, BucketMerge merge, TableOutput output) throws IOException {
    StoredSheet sheet = output.current();
    boolean isLookedUp = sheet.hasStoredRows() && !versions.isEmpty();
    if (isLookedUp) {
      lookUp(keys, merge, output);
    }

    for (int first : versions.firstOfEachKey()) {
      int stored = keys.stored(first);
      long added = sheet.added();
      boolean isGone = keys.merge(first);
      output.countRow(stored >= 0, isGone, sheet.added() > added);
      if (isGone && stored >= 0) {
        sheet.delete(versions.address(stored));
      }
    }
  }

  private void lookUp(Keys keys, BucketMerge merge, TableOutput output) throws IOException {
    StoredSheet sheet = output.current();
    List<String> columns = keys.neededColumns();
    List<String> asked = new ArrayList<>(columns);
    asked.add(sheet.names().get(sheet.names().size() - 1));
    boolean hasTruncate = merge.hasNewTruncate();
    try (RowCursor rows = sheet.stored().scan(key, asked)) {
      while (rows.next()) {
        int number = versions.find(rows.key(), 0, rows.keyLength());
        if (number < 0 && !hasTruncate) {
          continue;
        }

        String written = written(rows, columns.size());
        Position position = position(written);
        if (number >= 0) {
          byte[] values =
              Arrays.copyOfRange(rows.values(), rows.offset(), rows.start(columns.size()));
          versions.addStored(
              number, position, time(written), rows.address(), columns, values, 0, values.length);
        } else if (merge.isTruncated(position)) {
          output.countRow(true, true, false);
          sheet.delete(rows.address());
        }
      }
    }
  }

  private void lookUpHistory(StoredSheet history) throws IOException {
    if (versions.isEmpty()) {
      return;
    }

    try (RowCursor rows = history.stored().scan(key, List.of())) {
      while (rows.next()) {
        int number = versions.find(rows.key(), 0, rows.keyLength());
        if (number >= 0) {
          history.remember(number, rows.address());
        }
      }
    }
  }

  /** The changed keys: which of them stay in this bucket, and what of their rows is needed. */
  private final class Keys {

    private final BucketMerge merge;
    private final TableOutput output;
    private final RowBatch.Writer forwarded = new RowBatch.Writer(1024);
    private final Set<Integer> movedKeys = new LinkedHashSet<>();
    private final Set<String> holes = new LinkedHashSet<>();
    private boolean needsAll;

    Keys(BucketMerge merge, TableOutput output) {
      this.merge = merge;
      this.output = output;
      boolean hasMoved = config.store().hasMoved(bucket.table());
      for (int version = 0; version < versions.size(); version++) {
        look(version);
      }

      if (hasMoved) {
        for (int first : versions.firstOfEachKey()) {
          byte[] bytes = versions.key(first);
          if (config.store().isMoved(bucket.table(), bytes)) {
            movedKeys.add(versions.find(bytes, 0, bytes.length));
          }
        }
      }

      needsAll |= !movedKeys.isEmpty();
    }

    private void look(int version) {
      int kind = versions.kind(version);
      if (kind == RowBatch.MOVE) {
        needsAll = true;
      } else if (kind == RowBatch.CARRY) {
        addMoved(version);
      } else if (kind == RowBatch.IMAGE_WITH_HOLES) {
        lookForHoles(version);
      }
    }

    private void addMoved(int version) {
      byte[] bytes = versions.key(version);
      movedKeys.add(versions.find(bytes, 0, bytes.length));
    }

    private void lookForHoles(int version) {
      byte[] buffer = versions.buffer(version);
      int offset = versions.payloadOffset(version);
      reader.reset(buffer, offset, versions.payloadLength(version));
      for (String column : versions.columns(versions.shape(version))) {
        int tag = buffer[reader.position()];
        if (tag == Values.CARRIED) {
          addMoved(version);
        } else if (tag == Values.UNAVAILABLE) {
          holes.add(column);
        }

        Values.skip(reader);
      }
    }

    /** Columns of stored rows that changed rows may take values from. */
    List<String> neededColumns() {
      List<String> needed = new ArrayList<>();
      for (Column column : output.columns()) {
        if (needsAll || holes.contains(column.name())) {
          needed.add(column.name());
        }
      }

      return needed;
    }

    /** The stored row of a key; -1 where there is none. */
    int stored(int first) {
      for (int version = first; version >= 0; version = versions.next(version)) {
        if (versions.origin(version) == Origin.STORED) {
          return version;
        }
      }

      return -1;
    }

    /** Merges or forwards a key; tells whether its stored row goes. */
    boolean merge(int first) throws IOException {
      if (movedKeys.isEmpty()) {
        return merge.merge(first);
      }

      byte[] bytes = versions.key(first);
      int number = versions.find(bytes, 0, bytes.length);
      if (!movedKeys.contains(number)) {
        return merge.merge(first);
      }

      if (output.history() != null) {
        output.history().drop(bytes, number);
      }

      merge.forward(first, forwarded);
      return true;
    }

    /**
     * Hands over what was forwarded. The moved rows hear of every truncate, and that they have to
     * be projected or converted.
     */
    void forwardRest() {
      boolean isAsked = (output.isProjected() && bucket.bucket() == 0) || merge.hasNewTruncate();
      if (isAsked && config.store().hasMoved(bucket.table())) {
        merge.forwardTruncates(forwarded);
        moved.accept(forwarded.toByteArray());
      } else if (!forwarded.isEmpty()) {
        moved.accept(forwarded.toByteArray());
      }
    }
  }
}
