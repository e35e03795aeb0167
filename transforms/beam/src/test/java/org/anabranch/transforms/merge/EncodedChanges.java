package org.anabranch.transforms.merge;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Generated;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.ModelChange;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/** Changes of the model as a parser gives them: encoded, in batches by bucket. */
final class EncodedChanges {

  /** Name of the table. */
  static final String TABLE = "items";

  /** Column with the text of the key; the others are those of {@link Generated}. */
  static final String ID = "id";

  /** How keys are written: as the model has them, or as numbers and text of all types. */
  enum Keys {
    TEXT,
    OF_ANY_TYPE
  }

  private final Generated generated;
  private final Keys keys;
  private final RowBatch.Writer[] writers;
  private final List<KV<TableBucket, byte[]>> batches = new ArrayList<>();
  private final KeyWriter key = new KeyWriter();

  private EncodedChanges(Generated generated, Keys keys, RowBatch.Writer... writers) {
    this.generated = generated;
    this.keys = keys;
    this.writers = writers;
  }

  static Schema schema() {
    List<Column> columns = new ArrayList<>();
    for (String name : List.of(ID, "a", "b", "c", "d")) {
      columns.add(new Column(name, Type.STRING, columns.size()));
    }

    return Schema.of(columns);
  }

  /** The changes in any order and with repeats, in batches of any size, themselves in any order. */
  static List<KV<TableBucket, byte[]>> arriving(
      Generated generated, List<ModelChange> changes, int buckets) {
    return arriving(generated, changes, buckets, Keys.TEXT);
  }

  static List<KV<TableBucket, byte[]>> arriving(
      Generated generated, List<ModelChange> changes, int buckets, Keys keys) {
    RowBatch.Writer[] writers = new RowBatch.Writer[buckets];
    Arrays.setAll(writers, bucket -> new RowBatch.Writer(64));
    EncodedChanges encoded = new EncodedChanges(generated, keys, writers);
    generated.shuffledWithRepeats(changes).forEach(encoded::add);
    for (int bucket = 0; bucket < buckets; bucket++) {
      encoded.flush(bucket);
    }

    return generated.shuffled(encoded.batches);
  }

  /** Adds one change to the batch of a table that has one bucket. */
  static void addTo(RowBatch.Writer batch, ModelChange change) {
    new EncodedChanges(new Generated(1), Keys.TEXT, batch).write(change);
  }

  /** Microseconds since the epoch, growing with the position. */
  static long timeMicros(Position position) {
    return (position.major() == 0 ? position.offset() : position.minor()) * 1_000_000;
  }

  private void add(ModelChange change) {
    int bucket = write(change);
    if (generated.oneIn(5)) {
      flush(bucket);
    }
  }

  /** Writes the change and tells to which bucket. */
  private int write(ModelChange change) {
    long time = timeMicros(change.position());
    if (change.kind() == ModelChange.Kind.TRUNCATE) {
      for (RowBatch.Writer writer : writers) {
        writer.truncate(change.position(), time);
      }

      return 0;
    }

    setKey(change.key());
    int bucket = key.bucket(writers.length);
    if (change.kind() == ModelChange.Kind.DELETE) {
      writers[bucket].delete(change.position(), time, key);
    } else {
      addImage(change, time, writers[bucket]);
    }

    return bucket;
  }

  private void addImage(ModelChange change, long time, RowBatch.Writer writer) {
    boolean isBase = change.position().equals(Position.BASE);
    List<String> columns = new ArrayList<>(List.of(ID));
    ByteWriter values = new ByteWriter(64);
    Values.write(values, id(change.key(), change.position()));
    boolean hasHoles = false;
    for (Map.Entry<String, @Nullable Object> value : change.values().entrySet()) {
      boolean isHole = value.getValue() == ModelChange.HOLE;
      if (isBase && isHole) {
        continue;
      }

      hasHoles |= isHole;
      columns.add(value.getKey());
      if (isHole) {
        writeHole(values, change.oldKey());
      } else {
        Values.write(values, value.getValue());
      }
    }

    byte[] bytes = values.toByteArray();
    if (isBase) {
      writer.base(key, columns, bytes, 0, bytes.length);
    } else if (!hasHoles) {
      writer.image(change.position(), time, key, columns, bytes, 0, bytes.length);
    } else {
      writer.imageWithHoles(change.position(), time, key, columns, bytes, 0, bytes.length);
      askOldKey(change, time);
    }
  }

  private void writeHole(ByteWriter values, @Nullable String oldKey) {
    if (oldKey == null) {
      values.writeByte(Values.UNAVAILABLE);
      return;
    }

    byte[] encoded = key(id(oldKey, Position.BASE)).toByteArray();
    values.writeByte(Values.CARRIED);
    values.writeVarint(encoded.length);
    values.write(encoded, 0, encoded.length);
  }

  private void askOldKey(ModelChange change, long time) {
    if (change.oldKey() == null) {
      return;
    }

    byte[] newKey = key.toByteArray();
    byte[] oldKey = setKey(change.oldKey());
    writers[key.bucket(writers.length)].carry(change.position(), time, oldKey, newKey);
  }

  private byte[] setKey(String text) {
    key.reset().add(new ByteReader(Values.encode(id(text, Position.BASE))));
    return key.toByteArray();
  }

  /** The text that a key of the model becomes where keys are of any type. */
  static String plainText(String modelKey) {
    int number = Integer.parseInt(modelKey.substring(1));
    return switch (number % 3) {
      case 0 -> String.valueOf(number);
      case 1 -> number + ".5";
      default -> modelKey;
    };
  }

  /** The same change always has the same key, to the type. */
  private Object id(String modelKey, Position position) {
    if (keys == Keys.TEXT) {
      return modelKey;
    }

    String text = plainText(modelKey);
    long type = position.minor() % 3;
    if (text.equals(modelKey) || type == 0) {
      return text;
    }

    return type == 1 && text.indexOf('.') < 0
        ? (Object) Long.valueOf(text)
        : new BigDecimal(text).setScale(2);
  }

  /** Encoded key of the row with this text in {@link #ID}. */
  static byte[] encodedKey(String text) {
    return key(text).toByteArray();
  }

  /** The same, ready to be written. */
  static KeyWriter key(Object text) {
    KeyWriter key = new KeyWriter();
    key.add(new ByteReader(Values.encode(text)));
    return key;
  }

  private void flush(int bucket) {
    batches.add(KV.of(new TableBucket(TABLE, bucket), writers[bucket].toByteArray()));
    writers[bucket].clear();
  }
}
