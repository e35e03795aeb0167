package org.anabranch.transforms.merge;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.TableStore.BucketWriter;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.anabranch.transforms.merge.TableStore.StoredBucket;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.anabranch.transforms.source.Generations;

/**
 * Rewrites one stored bucket smaller with the same content: its rows in one file without deletes,
 * the records kept beside them each once, and without those that are past their retention. A key
 * gives up its records only when all of them are: its stored row is then all that is known of it.
 */
public final class CompactBucket {

  private static final int BATCH_BYTES = 64 << 10;

  private final TableStore store;
  private final String table;
  private final int bucket;
  private final Map<String, Long> keptSinceMicros;

  private CompactBucket(
      TableStore store, String table, int bucket, Map<String, Long> keptSinceMicros) {
    this.store = store;
    this.table = table;
    this.bucket = bucket;
    this.keptSinceMicros = Map.copyOf(keptSinceMicros);
  }

  /**
   * Compacts a bucket.
   *
   * @param keptSinceMicros by source, the time of it from which on its records stay, in
   *     microseconds since the epoch; of other sources all stay
   * @param areKeptTogether whether its records lie in one file, which is written anew only where
   *     some of them go
   * @return what was written; nothing where the bucket stays as it is
   */
  public static List<WrittenFile> of(
      TableStore store,
      String table,
      int bucket,
      Map<String, Long> keptSinceMicros,
      boolean areKeptTogether)
      throws IOException {
    return new CompactBucket(store, table, bucket, keptSinceMicros).run(areKeptTogether);
  }

  private List<WrittenFile> run(boolean areKeptTogether) throws IOException {
    Schema schema = store.schema(table);
    StoredBucket stored = store.open(table, schema, bucket);
    Versions kept = new Versions(Generations.NONE);
    stored.kept(kept::addKept);
    if (stored.files() <= 1 && areKeptTogether && !losesSome(kept)) {
      return List.of();
    }

    BucketWriter writer = store.write(table, schema, bucket);
    if (stored.files() > 1) {
      writer.replace();
      copyRows(stored, schema, writer);
    }

    writer.replaceKept();
    copyKept(kept, writer);
    return writer.close();
  }

  private void copyRows(StoredBucket stored, Schema schema, BucketWriter writer)
      throws IOException {
    List<String> names = schema.columns().stream().map(Column::name).toList();
    RowSlices row = new RowSlices(names.size());
    KeyCheck check = new KeyCheck(table, names, store.key(table), bucket, 0);
    ByteReader reader = new ByteReader(new byte[0]);
    try (RowCursor rows = stored.sorted(store.key(table), names)) {
      while (rows.next()) {
        reader.reset(rows.values(), rows.offset(), rows.length());
        for (int column = 0; column < names.size(); column++) {
          row.set(column, rows.values(), reader.position());
          Values.skip(reader);
        }

        check.check(row);
        writer.add(row);
      }
    }
  }

  private void copyKept(Versions versions, BucketWriter writer) throws IOException {
    RowBatch.Writer batch = new RowBatch.Writer(1024);
    for (int first : versions.firstOfEachKey()) {
      if (isNeeded(versions, first)) {
        copyKey(versions, first, batch);
      }

      if (batch.size() >= BATCH_BYTES) {
        writer.keep(batch.toByteArray());
        batch.clear();
      }
    }

    Set<Position> done = new HashSet<>();
    for (int truncate : versions.truncates()) {
      if (!isPast(versions, truncate) && done.add(versions.position(truncate))) {
        versions.copy(truncate, truncate, batch);
      }
    }

    if (!batch.isEmpty()) {
      writer.keep(batch.toByteArray());
    }
  }

  /** Whether records are past their retention, or there twice. */
  private boolean losesSome(Versions versions) {
    for (int first : versions.firstOfEachKey()) {
      boolean loses = !isNeeded(versions, first);
      for (int version = first; version >= 0; version = versions.next(version)) {
        loses |= isRepeated(versions, first, version);
      }

      if (loses) {
        return true;
      }
    }

    Set<Position> seen = new HashSet<>();
    for (int truncate : versions.truncates()) {
      if (isPast(versions, truncate) || !seen.add(versions.position(truncate))) {
        return true;
      }
    }

    return false;
  }

  private boolean isNeeded(Versions versions, int first) {
    for (int version = first; version >= 0; version = versions.next(version)) {
      if (!isPast(versions, version)) {
        return true;
      }
    }

    return false;
  }

  /** Records without a time stay. */
  private boolean isPast(Versions versions, int version) {
    long time = versions.timeMicros(version);
    Long since = keptSinceMicros.get(versions.position(version).source());
    return time != 0 && since != null && time < since;
  }

  private static void copyKey(Versions versions, int first, RowBatch.Writer batch) {
    for (int version = first; version >= 0; version = versions.next(version)) {
      if (!isRepeated(versions, first, version)) {
        versions.copy(first, version, batch);
      }
    }
  }

  private static boolean isRepeated(Versions versions, int first, int version) {
    for (int other = first; other != version; other = versions.next(other)) {
      if (versions.kind(other) == versions.kind(version)
          && versions.kind(version) != RowBatch.CARRY
          && versions.compare(other, version) == 0
          && versions.sameContent(other, version)) {
        return true;
      }
    }

    return false;
  }
}
