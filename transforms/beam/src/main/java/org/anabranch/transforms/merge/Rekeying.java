package org.anabranch.transforms.merge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Change;
import org.anabranch.model.KeyReader;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.anabranch.transforms.merge.TableStore.StoredBucket;
import org.jspecify.annotations.Nullable;

/**
 * Gives all that is stored of a table, and of its history, to the buckets it belongs to under
 * another key: because other key columns are declared, or because the table was written when the
 * bytes of keys depended on the types of values. One stored bucket at a time is read where it lies.
 *
 * <p>The key of a row comes from its values, that of a delete from the old key, or from another
 * record of the row; deletes whose new key stays unknown are counted and left out. A value carried
 * from a row whose new key is unknown is what the stored row has.
 *
 * <p>Batches are those of changes with a byte before them that says what they are.
 */
final class Rekeying {

  /** Rows with all columns of the stored table. */
  static final byte ROWS = 0x41;

  /** The same of its history. */
  static final byte HISTORY = 0x42;

  /** Records kept beside the rows. */
  static final byte KEPT = 0x43;

  /** Records of the bucket {@link TableStore#MOVED}, which are changes once more. */
  static final byte MOVED = 0x44;

  /** How often something happened, and what, for people. */
  static final byte NOTE = 0x45;

  /** Why the table cannot get the key. */
  static final byte REFUSAL = 0x46;

  private static final int BATCH_BYTES = 64 << 10;

  private final TableStore store;
  private final String table;
  private final List<String> key;
  private final List<String> oldKey;
  private final List<Type> oldTypes = new ArrayList<>();

  /** Places of the key's columns in the old key; null where one is not in it. */
  private final int @Nullable [] places;

  private final int buckets;
  private final BiConsumer<TableBucket, byte[]> out;
  private final Map<Byte, RowBatch.@Nullable Writer[]> writers = new TreeMap<>();
  private final KeyReader keyReader = new KeyReader();
  private final KeyWriter keyWriter = new KeyWriter();
  private final ByteReader reader = new ByteReader(new byte[0]);
  private final Map<String, Long> missing = new TreeMap<>();
  private final Set<Position> truncates = new HashSet<>();

  /** New keys of moved rows that are made again from their records. */
  private final Set<ByteBuffer> rebuilt = new HashSet<>();

  /** New keys by old ones, of the bucket that is being read. */
  private final Map<ByteBuffer, byte[]> known = new HashMap<>();

  private long rows;
  private long unknown;
  private String failed = "";

  private Rekeying(
      TableStore store, String table, List<String> key, BiConsumer<TableBucket, byte[]> out) {
    this.store = store;
    this.table = table;
    this.key = key;
    this.out = out;
    oldKey = store.key(table);
    buckets = Objects.requireNonNull(store.buckets().get(table));
    for (String column : oldKey) {
      Column stored = store.schema(table).column(column);
      oldTypes.add(stored == null ? Type.NULL : stored.type());
    }

    places = oldKey.containsAll(key) ? key.stream().mapToInt(oldKey::indexOf).toArray() : null;
  }

  /**
   * Gives all of a table to its new buckets; where rows have no value in a column of the key, that
   * too.
   *
   * @param key columns of the new key
   */
  static void of(
      TableStore store, String table, List<String> key, BiConsumer<TableBucket, byte[]> out)
      throws IOException {
    new Rekeying(store, table, key, out).run();
  }

  private void run() throws IOException {
    for (int bucket = TableStore.MOVED; bucket < buckets; bucket++) {
      known.clear();
      giveTable(bucket);
    }

    String history = table + MergeConfig.HISTORY_SUFFIX;
    if (TableOutput.isHistory(store.schema(history))) {
      int ofHistory = store.buckets().getOrDefault(history, 0);
      for (int bucket = TableStore.MOVED; bucket < ofHistory; bucket++) {
        giveHistory(history, bucket);
      }
    }

    if (!missing.isEmpty()) {
      refuse(
          "table '%s' is refused: it cannot get the key %s, for rows have no value in it, by column: %s; declare another key with --keys"
              .formatted(table, String.join("+", key), missing));
      return;
    }

    writers.forEach(
        (kind, ofKind) -> {
          for (int bucket = 0; bucket < buckets; bucket++) {
            flush(kind, bucket, ofKind[bucket]);
          }
        });
    note();
  }

  private void refuse(String why) {
    ByteWriter refusal = new ByteWriter(256);
    refusal.writeByte(REFUSAL);
    refusal.writeString(why);
    out.accept(new TableBucket(table, 0), refusal.toByteArray());
  }

  private void note() {
    if (unknown == 0) {
      return;
    }

    ByteWriter note = new ByteWriter(128);
    note.writeByte(NOTE);
    note.writeVarint(unknown);
    note.writeString(
        "deletes whose new key is not known are forgotten: an older change of their rows would"
            + " bring them back");
    out.accept(new TableBucket(table, 0), note.toByteArray());
  }

  private void giveTable(int bucket) throws IOException {
    Schema schema = store.schema(table);
    StoredBucket stored = store.open(table, schema, bucket);
    List<byte[]> kept = new ArrayList<>();
    stored.kept(kept::add);
    if (places == null) {
      kept.forEach(this::learn);
    }

    List<Row> moved = new ArrayList<>();
    List<String> names = schema.columns().stream().map(Column::name).toList();
    try (RowCursor cursor = stored.scan(List.of(), names)) {
      while (cursor.next()) {
        Row row = row(cursor, names);
        if (row != null && bucket == TableStore.MOVED) {
          moved.add(row);
        } else if (row != null) {
          give(ROWS, row);
        }
      }
    }

    for (byte[] batch : kept) {
      giveKept(batch, bucket);
    }

    for (Row row : moved) {
      if (!rebuilt.contains(ByteBuffer.wrap(row.key))) {
        give(ROWS, row);
      }
    }
  }

  private void giveHistory(String history, int bucket) throws IOException {
    Schema schema = store.schema(history);
    List<String> names = schema.columns().stream().map(Column::name).toList();
    try (RowCursor cursor = store.open(history, schema, bucket).scan(List.of(), names)) {
      while (cursor.next()) {
        Row row = row(cursor, names);
        boolean isMadeAgain =
            row != null && bucket == TableStore.MOVED && rebuilt.contains(ByteBuffer.wrap(row.key));
        if (row != null && !isMadeAgain) {
          give(HISTORY, row);
        }
      }
    }
  }

  /** A stored row with its new key. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Row(byte[] key, List<String> columns, byte[] values) {}

  /** The row a cursor is at; null, having counted it, where it has no new key. */
  private @Nullable Row row(RowCursor cursor, List<String> names) {
    byte[] values =
        Arrays.copyOfRange(cursor.values(), cursor.offset(), cursor.offset() + cursor.length());
    byte[] newKey = keyOf(key, names, values, 0, values.length);
    if (newKey == null) {
      missing.merge(failed, 1L, Long::sum);
      return null;
    }

    if (places == null) {
      byte[] old = keyOf(oldKey, names, values, 0, values.length);
      if (old != null) {
        known.put(ByteBuffer.wrap(old), newKey);
      }
    }

    return new Row(newKey, names, values);
  }

  /** The key that a row has in some columns; null where it has none. */
  private byte @Nullable [] keyOf(
      List<String> columns, List<String> names, byte[] values, int offset, int length) {
    int[] starts = new int[names.size()];
    reader.reset(values, offset, length);
    for (int i = 0; i < starts.length; i++) {
      starts[i] = reader.position();
      Values.skip(reader);
    }

    keyWriter.reset();
    for (String column : columns) {
      int place = names.indexOf(column);
      failed = column;
      if (place < 0
          || !keyWriter.add(reader.reset(values, starts[place], offset + length - starts[place]))) {
        return null;
      }
    }

    return keyWriter.toByteArray();
  }

  /** Notes the new keys of kept images, for records of the same rows that have no values. */
  private void learn(byte[] batch) {
    RowBatch.Reader in = new RowBatch.Reader(batch);
    while (in.next()) {
      byte[] newKey = keyOfImage(in);
      byte[] old = newKey == null ? null : inNewForm(in.key());
      if (newKey != null && old != null) {
        known.put(ByteBuffer.wrap(old), newKey);
      }
    }
  }

  private byte @Nullable [] keyOfImage(RowBatch.Reader in) {
    return RowBatch.hasImage(in.kind())
        ? keyOf(key, in.columns(), in.buffer(), in.payloadOffset(), in.payloadLength())
        : null;
  }

  /** An old key with its own columns as it is written today. */
  private byte @Nullable [] inNewForm(byte[] old) {
    List<byte[]> parts = keyReader.read(old, oldTypes);
    if (parts == null) {
      return null;
    }

    keyWriter.reset();
    for (byte[] part : parts) {
      if (!keyWriter.add(reader.reset(part, 0, part.length))) {
        return null;
      }
    }

    return keyWriter.toByteArray();
  }

  /** The new key of an old one; null where it is not known. */
  private byte @Nullable [] translated(byte[] old) {
    if (places == null) {
      byte[] inNewForm = inNewForm(old);
      return inNewForm == null ? null : known.get(ByteBuffer.wrap(inNewForm));
    }

    List<byte[]> parts = keyReader.read(old, oldTypes);
    if (parts == null) {
      return null;
    }

    keyWriter.reset();
    for (int place : places) {
      byte[] part = parts.get(place);
      if (!keyWriter.add(reader.reset(part, 0, part.length))) {
        return null;
      }
    }

    return keyWriter.toByteArray();
  }

  private void giveKept(byte[] batch, int bucket) {
    RowBatch.Reader in = new RowBatch.Reader(batch);
    while (in.next()) {
      if (in.kind() == RowBatch.TRUNCATE) {
        giveTruncate(in);
        continue;
      }

      byte[] ofImage = keyOfImage(in);
      byte[] newKey = ofImage == null ? translated(in.key()) : ofImage;
      if (newKey == null) {
        unknown++;
      } else if (bucket == TableStore.MOVED) {
        giveMoved(in, newKey);
      } else {
        give(KEPT, newKey, in.change());
      }
    }
  }

  private void giveTruncate(RowBatch.Reader in) {
    if (truncates.add(in.position())) {
      for (int bucket = 0; bucket < buckets; bucket++) {
        writer(KEPT, bucket).truncate(in.position(), in.timeMicros());
      }
    }
  }

  private void giveMoved(RowBatch.Reader in, byte[] newKey) {
    byte[] payload =
        Arrays.copyOfRange(
            in.buffer(), in.payloadOffset(), in.payloadOffset() + in.payloadLength());
    Change change = in.change();
    if (change instanceof Change.CarryRequest request) {
      byte[] target = translated(payload);
      if (target != null) {
        give(MOVED, newKey, request.withNewKey(ByteBuffer.wrap(target)));
      }
    } else if (change instanceof Change.Image image) {
      ByteWriter values = new ByteWriter(in.payloadLength() + 16);
      if (translateCarried(payload, in.columns().size(), values)) {
        rebuilt.add(ByteBuffer.wrap(newKey));
      }

      give(MOVED, newKey, image.withValues(ByteBuffer.wrap(values.buffer(), 0, values.size())));
    } else {
      if (change instanceof Change.BaseRow) {
        // A base has nothing that is carried.
        rebuilt.add(ByteBuffer.wrap(newKey));
      }

      give(MOVED, newKey, change);
    }
  }

  /** Copies the values of an image; those that cannot be carried any more are holes. */
  private boolean translateCarried(byte[] payload, int columns, ByteWriter values) {
    ByteReader in = new ByteReader(payload);
    boolean isWhole = true;
    for (int i = 0; i < columns; i++) {
      int start = in.position();
      if (payload[start] != Values.CARRIED) {
        Values.skip(in);
        values.write(payload, start, in.position() - start);
        continue;
      }

      in.skip(1);
      byte[] from = translated(in.readBytes(in.readSize()));
      isWhole &= from != null;
      if (from == null) {
        values.writeByte(Values.UNAVAILABLE);
      } else {
        values.writeByte(Values.CARRIED);
        values.writeVarint(from.length);
        values.write(from, 0, from.length);
      }
    }

    return isWhole;
  }

  private void give(byte kind, byte[] newKey, Change change) {
    int bucket = KeyWriter.bucket(newKey, 0, newKey.length, buckets);
    RowBatch.Writer writer = writer(kind, bucket);
    writer.add(change.withKey(ByteBuffer.wrap(newKey)));
    flushIfFull(kind, bucket, writer);
  }

  /** Rows are numbered, so that those of one key stay in their order. */
  private void give(byte kind, Row row) {
    int bucket = KeyWriter.bucket(row.key, 0, row.key.length, buckets);
    RowBatch.Writer writer = writer(kind, bucket);
    Position number = new Position("", 0, 0, 0, "", 0, rows++);
    writer.add(
        new Change.Image(
            number, 0, ByteBuffer.wrap(row.key), row.columns, ByteBuffer.wrap(row.values), false));
    flushIfFull(kind, bucket, writer);
  }

  private RowBatch.Writer writer(byte kind, int bucket) {
    RowBatch.@Nullable Writer[] ofKind =
        writers.computeIfAbsent(kind, added -> new RowBatch.@Nullable Writer[buckets]);
    RowBatch.Writer writer = ofKind[bucket];
    if (writer == null) {
      writer = new RowBatch.Writer(1024);
      ofKind[bucket] = writer;
    }

    return writer;
  }

  private void flushIfFull(byte kind, int bucket, RowBatch.Writer writer) {
    if (writer.size() >= BATCH_BYTES) {
      flush(kind, bucket, writer);
    }
  }

  private void flush(byte kind, int bucket, RowBatch.@Nullable Writer writer) {
    if (writer == null || writer.isEmpty()) {
      return;
    }

    byte[] batch = writer.toByteArray();
    byte[] marked = new byte[batch.length + 1];
    marked[0] = kind;
    System.arraycopy(batch, 0, marked, 1, batch.length);
    out.accept(new TableBucket(table, bucket), marked);
    writer.clear();
  }
}
