package org.anabranch.transforms.parse;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Values;
import org.jspecify.annotations.Nullable;

/**
 * Fields of a table's event keys that its rows do not have: a router that joins the shards of a
 * table into one topic puts them there, so that keys of two shards stay apart [1].
 *
 * <p>[1] Debezium, topic routing,
 * https://debezium.io/documentation/reference/stable/transformations/topic-routing.html
 */
final class ShardFields {

  /** How the router calls its field unless told otherwise; how it is known where no row is. */
  private static final String ROUTER = "__dbz__";

  /** Shapes of names that are data would fill the memory. */
  private static final int MAX_KNOWN = 1000;

  /** Longer values are told by their beginning, their length and their hash. */
  private static final int MAX_CHARACTERS = 100;

  /**
   * The fields of a key.
   *
   * @param columns the key with only those that the row has
   * @param shards those that it does not have
   */
  record Split(Shape key, Shape row, Shape columns, List<String> shards) {}

  private final List<String> storedKey;
  private final Map<Shape, Map<Shape, Split>> known = new HashMap<>();
  private final List<String> facts = new ArrayList<>();
  private byte[] factsOf = {};
  private int size;
  private @Nullable Split last;

  /**
   * @param storedKey columns by which the table is stored, which no row may lack
   */
  ShardFields(List<String> storedKey) {
    this.storedKey = storedKey;
  }

  /**
   * Splits the fields of a key. Where the row has none of them the key is left whole: such a row is
   * without its key.
   *
   * @param row shape of a row of the event; the empty shape where it has none, which leaves out
   *     only what bears the router's name
   */
  Split split(Shape key, Shape row) {
    Split recent = last;
    if (recent != null && recent.key == key && recent.row == row) {
      return recent;
    }

    if (size > MAX_KNOWN) {
      known.clear();
      size = 0;
    }

    Split split =
        known
            .computeIfAbsent(key, added -> new HashMap<>())
            .computeIfAbsent(row, added -> create(key, row));
    last = split;
    return split;
  }

  private Split create(Shape key, Shape row) {
    size++;
    boolean isNamed = row == Shape.EMPTY;
    List<String> shards =
        key.columns().stream()
            .filter(field -> isNamed ? field.startsWith(ROUTER) : !row.has(field))
            .filter(field -> !storedKey.contains(field))
            .sorted()
            .toList();
    if (shards.isEmpty() || shards.size() == key.columns().size()) {
      return new Split(key, row, key, List.of());
    }

    List<String> columns = new ArrayList<>(key.columns());
    columns.removeAll(shards);
    return new Split(key, row, key.only(Set.copyOf(columns)), shards);
  }

  /** {@code FIELD=VALUE} of each shard field; the same list of the same texts while they repeat. */
  List<String> facts(RawRow key, List<String> shards) {
    if (facts.size() == shards.size() && isAsBefore(key, shards)) {
      return facts;
    }

    facts.clear();
    ByteWriter raw = new ByteWriter(64);
    for (String shard : shards) {
      int slot = key.shape().slot(shard);
      facts.add(shard + "=" + shortened(text(key.value(slot))));
      raw.write(key.buffer(), key.start(slot), key.end(slot) - key.start(slot));
    }

    factsOf = raw.toByteArray();
    return facts;
  }

  private boolean isAsBefore(RawRow key, List<String> shards) {
    int at = 0;
    for (int i = 0; i < shards.size(); i++) {
      int slot = key.shape().slot(shards.get(i));
      int start = key.start(slot);
      int length = key.end(slot) - start;
      boolean isSame =
          at + length <= factsOf.length
              && Arrays.equals(key.buffer(), start, start + length, factsOf, at, at + length)
              && facts.get(i).startsWith(shards.get(i) + "=");
      if (!isSame) {
        return false;
      }

      at += length;
    }

    return at == factsOf.length;
  }

  private static String text(ByteReader value) {
    if (value.buffer()[value.position()] == Values.STRING) {
      value.skip(1);
      return value.readString();
    }

    ByteWriter text = new ByteWriter(64);
    RawJson.writeText(value, text);
    return new String(text.buffer(), 0, text.size(), StandardCharsets.UTF_8);
  }

  private static String shortened(String text) {
    return text.length() <= MAX_CHARACTERS
        ? text
        : "%s... (%d characters, hash %08x)"
            .formatted(text.substring(0, MAX_CHARACTERS), text.length(), text.hashCode());
  }
}
