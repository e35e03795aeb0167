package org.anabranch.model;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.sameInstance;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowBatchTest {

  private static final List<List<String>> SHAPES =
      List.of(List.of("id", "name"), List.of("id"), List.of(), List.of("名", "", "id"));

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** A record in plain Java; only what its kind has is compared. */
  private record BatchRecord(
      int kind,
      Position position,
      long timeMicros,
      long key,
      List<String> columns,
      ByteBuffer payload) {}

  @Test
  void everyKindOfRecordComesBackAsItWas() {
    Generated.forSeeds(
        3000,
        generated -> {
          List<BatchRecord> records = records(generated);
          assertThat(read(write(new RowBatch.Writer(0), records)), is(records));
        });
  }

  @Test
  void writerThatIsClearedStartsABatchThatStandsAlone() {
    RowBatch.Writer writer = new RowBatch.Writer(16);
    Generated.forSeeds(
        1000,
        generated -> {
          List<BatchRecord> records = records(generated);
          assertThat(read(write(writer, records)), is(records));
          writer.clear();
          assertThat(writer.isEmpty(), is(true));
        });
  }

  @Test
  void batchWithoutRecordsIsEmpty() {
    RowBatch.Writer writer = new RowBatch.Writer(0);
    assertThat(writer.isEmpty(), is(true));
    assertThat(read(writer.toByteArray()), is(List.of()));
    writer.truncate(Position.BASE, 0);
    assertThat(writer.isEmpty(), is(false));
  }

  @Test
  void batchOfAnotherVersionIsRefused() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> new RowBatch.Reader(new byte[] {2, 1, 0}));
    assertThat(e.getMessage(), is("row batch version must be 1, but was: 2"));
  }

  @Test
  void namesAreWrittenOnceABatch() {
    RowBatch.Writer writer = new RowBatch.Writer(0);
    int empty = writer.size();
    List<String> columns = List.of("a column with a long name", "another column");
    Position position = new Position("a source", 1, 1, 0, "a topic", 0, 1);
    image(writer, position, new ArrayList<>(columns));
    int first = writer.size() - empty;
    image(writer, position, new ArrayList<>(columns));
    int second = writer.size() - empty - first;
    String names = String.join("", columns) + position.source() + position.log();
    int lengths = 4;
    int columnsAndTheirNumbers = 3;
    assertThat(first - second, is(names.length() + lengths + columnsAndTheirNumbers));
  }

  @Test
  void recordsOfOneShapeShareOneListOfColumns() {
    RowBatch.Writer writer = new RowBatch.Writer(0);
    image(writer, Position.BASE, new ArrayList<>(List.of("id")));
    image(writer, Position.BASE, List.of("other"));
    image(writer, Position.BASE, new ArrayList<>(List.of("id")));
    RowBatch.Reader reader = new RowBatch.Reader(writer.toByteArray());
    reader.next();
    List<String> first = reader.columns();
    reader.next();
    assertThat(reader.columns(), is(not(first)));
    reader.next();
    assertThat(reader.columns(), is(sameInstance(first)));
  }

  private static void image(RowBatch.Writer writer, Position position, List<String> columns) {
    writer.image(position, 0, key(1), columns, new byte[] {9, 0, 9}, 1, 1);
  }

  private static List<BatchRecord> records(Generated generated) {
    List<BatchRecord> records = new ArrayList<>();
    for (int i = generated.below(20); i > 0; i--) {
      records.add(record(generated));
    }

    return records;
  }

  private static BatchRecord record(Generated generated) {
    int kind = 1 + generated.below(5);
    Position position =
        new Position(
            generated.text(),
            generated.number(),
            generated.number(),
            generated.number(),
            generated.pick(List.of("log", "", "topic")),
            generated.number(),
            generated.number());
    long key = generated.number();
    long micros = generated.number();
    ByteBuffer value = ByteBuffer.wrap(Values.encode(generated.value()));
    List<String> shape = generated.pick(SHAPES);
    return switch (kind) {
      case RowBatch.IMAGE -> new BatchRecord(kind, position, micros, key, shape, value);
      case RowBatch.BASE -> new BatchRecord(kind, Position.BASE, 0, key, shape, value);
      case RowBatch.CARRY -> new BatchRecord(kind, position, micros, key, List.of(), value);
      case RowBatch.DELETE -> new BatchRecord(kind, position, micros, key, List.of(), NOTHING);
      default -> new BatchRecord(kind, position, micros, 0, List.of(), NOTHING);
    };
  }

  private static byte[] write(RowBatch.Writer writer, List<BatchRecord> records) {
    for (BatchRecord record : records) {
      Position position = record.position();
      long micros = record.timeMicros();
      KeyWriter key = key(record.key());
      byte[] payload = record.payload().array();
      int length = payload.length;
      byte[] padded = new byte[length + 2];
      System.arraycopy(payload, 0, padded, 1, length);
      switch (record.kind()) {
        case RowBatch.IMAGE ->
            writer.image(position, micros, key, record.columns(), padded, 1, length);
        case RowBatch.BASE -> writer.base(key, record.columns(), padded, 1, length);
        case RowBatch.DELETE -> writer.delete(position, micros, key);
        case RowBatch.CARRY -> writer.carry(position, micros, key.toByteArray(), payload);
        default -> writer.truncate(position, micros);
      }
    }

    return writer.toByteArray();
  }

  private static List<BatchRecord> read(byte[] batch) {
    RowBatch.Reader reader = new RowBatch.Reader(batch);
    List<BatchRecord> records = new ArrayList<>();
    while (reader.next()) {
      boolean isImage = reader.kind() == RowBatch.IMAGE || reader.kind() == RowBatch.BASE;
      records.add(
          new BatchRecord(
              reader.kind(),
              reader.position(),
              reader.timeMicros(),
              reader.kind() == RowBatch.TRUNCATE ? 0 : number(reader.key()),
              isImage ? reader.columns() : List.of(),
              ByteBuffer.wrap(reader.buffer(), reader.payloadOffset(), reader.payloadLength())));
    }

    return records;
  }

  private static KeyWriter key(long number) {
    KeyWriter key = new KeyWriter();
    key.add(new ByteReader(Values.encode(number)));
    return key;
  }

  /** The number a key was made of. */
  private static long number(byte[] key) {
    ByteReader in = new ByteReader(key);
    in.skip(1);
    return in.readLong() ^ Long.MIN_VALUE;
  }
}
