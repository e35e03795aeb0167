package org.anabranch.model;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A change event in plain Java, for {@link ModelTable} and for tests that write envelopes from it.
 *
 * @param kind what happened
 * @param position place in the commit order; {@link Position#BASE} for rows of an imported base
 * @param key text of the row's key; empty for a truncate
 * @param values columns of an image, decoded ({@link Values}) or {@link #HOLE}; else empty
 * @param oldKey key the row had before its primary key changed, if it did
 */
public record ModelChange(
    Kind kind,
    Position position,
    String key,
    Map<String, @Nullable Object> values,
    @Nullable String oldKey) {

  /** What happened, in the order in which changes at one position count. */
  public enum Kind {
    TRUNCATE,
    DELETE,
    IMAGE
  }

  /** Stands for a value the source did not send. */
  public static final Object HOLE =
      new Object() {
        @Override
        public String toString() {
          return "HOLE";
        }
      };

  public ModelChange {
    Objects.requireNonNull(position, "position");
    values = Collections.unmodifiableMap(new TreeMap<>(values));
    if (kind != Kind.IMAGE && (oldKey != null || !values.isEmpty())) {
      throw new IllegalArgumentException("only an image has values and an old key: " + kind);
    }

    if ((kind == Kind.TRUNCATE) != key.isEmpty()) {
      throw new IllegalArgumentException("a truncate and only a truncate has no key: " + kind);
    }
  }

  public static ModelChange image(
      Position position, String key, Map<String, @Nullable Object> values) {
    return new ModelChange(Kind.IMAGE, position, key, values, null);
  }

  /** Image of a row that was at {@code oldKey} before. */
  public static ModelChange moved(
      Position position, String key, Map<String, @Nullable Object> values, String oldKey) {
    return new ModelChange(Kind.IMAGE, position, key, values, oldKey);
  }

  public static ModelChange delete(Position position, String key) {
    return new ModelChange(Kind.DELETE, position, key, Map.of(), null);
  }

  public static ModelChange truncate(Position position) {
    return new ModelChange(Kind.TRUNCATE, position, "", Map.of(), null);
  }
}
