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

  @Test
  void everyKindOfChangeComesBackAsItWas() {
    Generated.forSeeds(
        3000,
        generated -> {
          comeBack(changes(generated), new RowBatch.Writer(0));
        });
  }

  /** Parsing writes from its own buffers. */
  @Test
  void partsOfAChangeAreWrittenAsTheChangeIs() {
    Generated.forSeeds(
        1000,
        generated -> {
          List<Change> changes = changes(generated);
          RowBatch.Writer whole = new RowBatch.Writer(0);
          RowBatch.Writer parts = new RowBatch.Writer(0);
          changes.forEach(whole::add);
          changes.forEach(change -> writeParts(parts, change));
          assertThat(parts.toByteArray(), is(whole.toByteArray()));
        });
  }

  @Test
  void aKindThatIsNoneIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            RowBatch.change(
                8, Position.BASE, 0, ByteBuffer.allocate(0), List.of(), ByteBuffer.allocate(0)));
  }

  @Test
  void writerThatIsClearedStartsABatchThatStandsAlone() {
    RowBatch.Writer writer = new RowBatch.Writer(16);
    Generated.forSeeds(
        1000,
        generated -> {
          comeBack(changes(generated), writer);
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

  private static void comeBack(List<Change> changes, RowBatch.Writer writer) {
    changes.forEach(writer::add);
    assertThat(read(writer.toByteArray()), is(changes));
  }

  private static List<Change> changes(Generated generated) {
    List<Change> changes = new ArrayList<>();
    for (int i = generated.below(20); i > 0; i--) {
      changes.add(change(generated));
    }

    return changes;
  }

  private static Change change(Generated generated) {
    Position position =
        new Position(
            generated.text(),
            generated.number(),
            generated.number(),
            generated.number(),
            generated.pick(List.of("log", "", "topic")),
            generated.number(),
            generated.number());
    long micros = generated.number();
    ByteBuffer key = slice(key(generated.number()).toByteArray());
    ByteBuffer value = slice(Values.encode(generated.value()));
    List<String> columns = generated.pick(SHAPES);
    return switch (generated.below(7)) {
      case 0 -> new Change.Image(position, micros, key, columns, value, false);
      case 1 -> new Change.Image(position, micros, key, columns, value, true);
      case 2 -> new Change.BaseRow(key, columns, value);
      case 3 -> new Change.Delete(position, micros, key, false);
      case 4 -> new Change.Delete(position, micros, key, true);
      case 5 -> new Change.Truncate(position, micros);
      default -> new Change.CarryRequest(position, micros, key, value);
    };
  }

  /** Bytes within more bytes. */
  private static ByteBuffer slice(byte[] bytes) {
    byte[] padded = new byte[bytes.length + 2];
    System.arraycopy(bytes, 0, padded, 1, bytes.length);
    return ByteBuffer.wrap(padded, 1, bytes.length);
  }

  private static void writeParts(RowBatch.Writer writer, Change change) {
    Position position = change.position();
    long micros = change.timeMicros();
    if (change instanceof Change.Image image) {
      byte[] values = bytes(image.values());
      if (image.hasHoles()) {
        writer.imageWithHoles(
            position, micros, key(image.key()), image.columns(), values, 0, values.length);
      } else {
        writer.image(position, micros, key(image.key()), image.columns(), values, 0, values.length);
      }
    } else if (change instanceof Change.BaseRow row) {
      writer.base(key(row.key()), row.columns(), bytes(row.values()), 0, row.values().remaining());
    } else if (change instanceof Change.Delete delete && delete.isMove()) {
      writer.move(position, micros, key(delete.key()));
    } else if (change instanceof Change.Delete delete) {
      writer.delete(position, micros, key(delete.key()));
    } else if (change instanceof Change.CarryRequest request) {
      writer.carry(position, micros, bytes(request.key()), bytes(request.newKey()));
    } else {
      writer.truncate(position, micros);
    }
  }

  private static List<Change> read(byte[] batch) {
    RowBatch.Reader reader = new RowBatch.Reader(batch);
    List<Change> changes = new ArrayList<>();
    while (reader.next()) {
      changes.add(reader.change());
    }

    return changes;
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private static KeyWriter key(long number) {
    KeyWriter key = new KeyWriter();
    key.add(new ByteReader(Values.encode(number)));
    return key;
  }

  /** A key whose number is read back from its bytes. */
  private static KeyWriter key(ByteBuffer key) {
    ByteReader in = new ByteReader(bytes(key));
    in.skip(1);
    return key(in.readLong() ^ Long.MIN_VALUE);
  }
}
