package org.anabranch.transforms.parse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Values;
import org.jspecify.annotations.Nullable;

/**
 * Plain rows that Debezium took out of their envelope, with what is left of it in fields that begin
 * with {@code __} [1]: whether the row is gone, the time of the change, and its position, where
 * enough of it is there. Fields hold until the next row; nothing is looked up by name for rows of a
 * shape that was seen before.
 *
 * <p>[1] Debezium, event flattening,
 * https://debezium.io/documentation/reference/stable/transformations/event-flattening.html
 */
final class UnwrappedRows {

  static final String DELETED = "__deleted";
  static final String OP = "__op";

  private static final String PREFIX = "__";
  private static final String SOURCE_PREFIX = "__source_";
  private static final String CONNECTOR = "connector";
  private static final Pattern NAME = Pattern.compile("\\w+");

  /** Fields of the envelope itself, of which the block of the source has its own. */
  private static final Set<String> OF_ENVELOPE = Set.of("op", "deleted", "ts_ms", "ts_us", "ts_ns");

  /** The position by connector: without one of these fields the log says the order. */
  private static final Map<String, Set<String>> POSITIONS =
      Map.of(
          "postgresql", Set.of("name", "db", "schema", "sequence", "lsn"),
          "mysql", Set.of("name", "db", "file", "pos"),
          "mariadb", Set.of("name", "db", "file", "pos"));

  /** Fields with the time of the change and the microseconds of their unit, best first. */
  private static final Map<String, Long> TIMES = times();

  /** Shapes of names that are data would fill the memory. */
  private static final int MAX_KNOWN = 1000;

  /**
   * What the fields of a shape mean.
   *
   * @param stored the shape without the field that says that the row is gone
   * @param times fields with a time
   * @param source fields of the source's block by their names there; empty where there is no
   *     connector among them
   */
  private record Meaning(
      Shape shape, Shape stored, List<String> times, Map<String, String> source) {}

  private final LineParser blocks = LineParser.create();
  private final ByteWriter block = new ByteWriter(256);
  private final Map<Shape, Meaning> known = new HashMap<>();
  private @Nullable Meaning last;

  private static Map<String, Long> times() {
    Map<String, Long> times = new LinkedHashMap<>();
    for (String prefix : List.of(SOURCE_PREFIX, PREFIX)) {
      times.put(prefix + "ts_us", 1L);
      times.put(prefix + "ts_ms", 1000L);
    }

    return times;
  }

  private Meaning meaning(Shape shape) {
    Meaning recent = last;
    if (recent != null && recent.shape == shape) {
      return recent;
    }

    if (known.size() > MAX_KNOWN) {
      known.clear();
    }

    Meaning meaning = known.computeIfAbsent(shape, UnwrappedRows::create);
    last = meaning;
    return meaning;
  }

  private static Meaning create(Shape shape) {
    Map<String, String> source = new LinkedHashMap<>();
    for (String column : shape.columns()) {
      if (!NAME.matcher(column).matches()) {
        continue;
      }

      if (column.startsWith(SOURCE_PREFIX)) {
        source.put(column.substring(SOURCE_PREFIX.length()), column);
      } else if (column.startsWith(PREFIX)
          && !OF_ENVELOPE.contains(column.substring(PREFIX.length()))) {
        source.putIfAbsent(column.substring(PREFIX.length()), column);
      }
    }

    Set<String> stored = new HashSet<>(shape.columns());
    boolean isStored = !stored.remove(DELETED);
    return new Meaning(
        shape,
        isStored ? shape : shape.only(stored),
        TIMES.keySet().stream().filter(shape::has).toList(),
        source.containsKey(CONNECTOR) ? source : Map.of());
  }

  /** The columns of a row that are stored. */
  Shape stored(RawRow row) {
    return meaning(row.shape()).stored;
  }

  /** Whether the row is one that is gone. */
  boolean isDeleted(RawRow row) {
    Meaning meaning = meaning(row.shape());
    return (meaning.stored != meaning.shape && isTrue(row)) || "d".equals(row.text(OP));
  }

  private static boolean isTrue(RawRow row) {
    ByteReader value = row.value(row.shape().slot(DELETED));
    return value.buffer()[value.position()] == Values.TRUE || "true".equals(row.text(DELETED));
  }

  /** When the source made the change, in microseconds; 0 where the row does not say. */
  long timeMicros(RawRow row) {
    for (String column : meaning(row.shape()).times) {
      ByteReader value = row.value(row.shape().slot(column));
      if (value.readByte() == Values.INT) {
        long time = value.readSigned();
        long micros = TIMES.getOrDefault(column, 1L) == 1 ? time : SourceBlock.micros(time);
        return micros == SourceBlock.NO_TIME ? 0 : micros;
      }
    }

    return 0;
  }

  /**
   * Fills the block of the source from the row.
   *
   * @return whether the row has all fields by which its source orders changes
   */
  boolean readSource(RawRow row, SourceBlock source) {
    Map<String, String> fields = meaning(row.shape()).source;
    String connectorField = fields.get(CONNECTOR);
    String connector = connectorField == null ? null : row.text(connectorField);
    Set<String> position = connector == null ? null : POSITIONS.get(connector);
    if (position == null || !fields.keySet().containsAll(position)) {
      return false;
    }

    block.clear();
    int separator = '{';
    for (Map.Entry<String, String> field : fields.entrySet()) {
      block.writeByte(separator);
      block.writeByte('"');
      block.write(field.getKey().getBytes(StandardCharsets.UTF_8), 0, field.getKey().length());
      block.writeByte('"');
      block.writeByte(':');
      RawJson.writeText(row.value(row.shape().slot(field.getValue())), block);
      separator = ',';
    }

    block.writeByte('}');
    try {
      blocks.start(block.buffer(), 0, block.size()).nextToken();
      source.read(blocks);
    } catch (IOException e) {
      throw new UncheckedIOException("values that were read cannot be read again", e);
    }

    return true;
  }
}
