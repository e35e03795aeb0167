package org.anabranch.model;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Random inputs for tests, the same for the same seed on every machine. Choices are made from small
 * pools, so that ties, repetitions and collisions are common.
 */
public final class Generated {

  private static final List<String> COLUMNS = List.of("a", "b", "c", "d");
  private static final List<String> TEXTS =
      List.of("", "a", "ab", "a\0", "\0", "\0\0b", "Zürich", "東京", "🦀", "🦀\uFFFD", "\"\\\n");
  private static final List<Long> NUMBERS =
      List.of(0L, 1L, -1L, 63L, -64L, 64L, 1L << 31, Long.MAX_VALUE, Long.MIN_VALUE);
  private static final List<Type> SCALARS =
      List.of(
          Type.NULL,
          Type.BOOLEAN,
          Type.INT32,
          Type.INT64,
          Type.WIDE_INT64,
          Type.DOUBLE,
          Type.DATE,
          Type.TIME,
          Type.TIMESTAMP,
          Type.TIMESTAMPTZ,
          Type.BYTES,
          Type.UUID,
          Type.JSON,
          Type.STRING);

  private final Random random;

  public Generated(long seed) {
    random = new Random(seed);
  }

  /** Runs a law with the seeds from 1 to {@code count}; a failure names the seed it failed with. */
  public static void forSeeds(int count, Consumer<Generated> law) {
    for (long seed = 1; seed <= count; seed++) {
      try {
        law.accept(new Generated(seed));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("fails with seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  /** Number from 0 to {@code bound} - 1. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** True once in {@code times}. */
  public boolean oneIn(int times) {
    return below(times) == 0;
  }

  public <T> T pick(List<T> choices) {
    return choices.get(below(choices.size()));
  }

  public <T> List<T> shuffled(List<T> items) {
    List<T> copy = new ArrayList<>(items);
    Collections.shuffle(copy, random);
    return copy;
  }

  /** All items in any order, some of them more than once. */
  public <T> List<T> shuffledWithRepeats(List<T> items) {
    List<T> copy = new ArrayList<>(items);
    items.stream().filter(item -> oneIn(3)).forEach(copy::add);
    return shuffled(copy);
  }

  /** Position of one of two sources or of none; equal ones are common. */
  public Position position() {
    if (oneIn(10)) {
      return Position.BASE;
    }

    if (oneIn(10)) {
      return new Position("", 0, 0, 0, "log", below(2), below(3));
    }

    String source = oneIn(4) ? "other" : "db";
    return new Position(source, below(3), below(3), below(2), "log", 0, below(2));
  }

  /** Long of any magnitude, often an extreme one. */
  public long number() {
    return oneIn(3) ? pick(NUMBERS) : random.nextLong() >> below(64);
  }

  /** Text with zero characters, of one to four bytes a character, sometimes long. */
  public String text() {
    return pick(TEXTS).repeat(oneIn(20) ? 100 : 1) + pick(TEXTS);
  }

  public BigDecimal decimal() {
    return new BigDecimal(BigInteger.valueOf(number()).pow(1 + below(3)), below(30) - 5);
  }

  /** Decoded value of any kind, as {@link Values#read} gives it. */
  public @Nullable Object value() {
    long micros = number() >> 8;
    return switch (below(12)) {
      case 0 -> null;
      case 1 -> oneIn(2);
      case 2, 3 -> number();
      case 4 -> oneIn(8) ? Double.NaN : random.nextGaussian() * number();
      case 5 -> decimal();
      case 6 -> ByteBuffer.wrap(Arrays.copyOf(new byte[] {0, -1, 7}, below(4)));
      case 7 -> LocalDate.ofEpochDay(below(100_000) - 50_000);
      case 8 -> LocalTime.ofNanoOfDay(below(86_400) * 1_000_000_000L + below(1_000_000) * 1000L);
      case 9 -> Values.instant(micros).atOffset(ZoneOffset.UTC).toLocalDateTime();
      case 10 -> oneIn(2) ? Values.instant(micros) : Arrays.asList(value(), value());
      default -> text();
    };
  }

  /** Type of any kind, lists of lists among them. */
  public Type type() {
    if (oneIn(3)) {
      int precision = 1 + below(Type.MAX_PRECISION);
      int scale = below(precision + 1);
      return oneIn(2) ? Type.decimal(precision, scale) : Type.doubleOf(precision - scale, scale);
    }

    return oneIn(5) ? Type.listOf(type()) : pick(SCALARS);
  }

  /** Image of some of four columns, with holes and carried values, or a tombstone. */
  public RowVersion version() {
    if (oneIn(4)) {
      return RowVersion.tombstone(position());
    }

    Map<String, byte[]> values = new TreeMap<>();
    COLUMNS.stream().filter(column -> !oneIn(3)).forEach(name -> values.put(name, encoded()));
    return RowVersion.image(position(), values);
  }

  private byte[] encoded() {
    return switch (below(6)) {
      case 0, 1 -> new byte[] {Values.UNAVAILABLE};
      case 2 -> new byte[] {Values.CARRIED, 2, Values.INT, (byte) below(2)};
      default -> Values.encode((long) below(3));
    };
  }

  /**
   * Changes of one table in commit order: base rows, inserts, updates with holes and other columns,
   * deletes, truncates, and re-deliveries of a change under a later offset. Values are never
   * repeated, so that a wrong one shows.
   */
  public List<ModelChange> changes(int count) {
    return changes(count, 0);
  }

  /**
   * As {@link #changes}, with primary-key changes: a delete and, right behind it, the new image.
   */
  public List<ModelChange> changesWithKeyChanges(int count) {
    return changes(count, 6);
  }

  private List<ModelChange> changes(int count, int oneMoveIn) {
    List<ModelChange> changes = new ArrayList<>();
    for (int key = 0; key < 3; key++) {
      changes.add(ModelChange.image(Position.BASE, "k" + key, image(key)));
    }

    for (int i = 0; i < count; i++) {
      Position position = new Position("db", 1 + i / 4, 1 + i, 0, "log", 0, 3L * i);
      String key = "k" + below(5);
      if (oneMoveIn > 0 && oneIn(oneMoveIn)) {
        String newKey = "k" + (5 + i);
        changes.add(ModelChange.delete(position, key));
        changes.add(ModelChange.moved(at(position, 1), newKey, image(10 + i), key));
        continue;
      }

      ModelChange change = change(position, key, 10 + i);
      changes.add(change);
      if (oneIn(8)) {
        Position later = at(position, 1000);
        changes.add(
            new ModelChange(change.kind(), later, change.key(), change.values(), change.oldKey()));
      }
    }

    return changes;
  }

  private ModelChange change(Position position, String key, int number) {
    if (oneIn(25)) {
      return ModelChange.truncate(position);
    }

    return oneIn(5)
        ? ModelChange.delete(position, key)
        : ModelChange.image(position, key, image(number));
  }

  private Map<String, @Nullable Object> image(int number) {
    Map<String, @Nullable Object> values = new TreeMap<>();
    for (String column : COLUMNS) {
      if (!oneIn(5)) {
        values.put(column, oneIn(3) ? ModelChange.HOLE : column + number);
      }
    }

    return values;
  }

  private static Position at(Position first, long more) {
    return new Position(
        first.source(), first.major(), first.minor(), first.row(), "log", 0, first.offset() + more);
  }
}
