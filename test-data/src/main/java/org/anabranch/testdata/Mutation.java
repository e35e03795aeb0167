package org.anabranch.testdata;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;

/**
 * Ways to spoil a line. Those of a record leave its source, its table, the columns of its key and
 * the order of its positions as they were: such a line never decides anything about its table, at
 * worst it is set aside. Those of a table may contradict the other lines of the table, so that the
 * table is refused: they are applied to lines of tables of their own.
 */
public enum Mutation {
  FLIPPED_BITS,
  CUT,
  OTHER_TYPE,
  OTHER_NAME,
  EXTREME_VALUE,
  DOUBLE_NAME,
  NESTED,
  WRONG_ENCODING,
  UNUSABLE_POSITION,
  NO_EVENT,
  OTHER_SOURCE,
  OTHER_CONNECTOR,
  OTHER_SCHEMA,
  OTHER_KEY,
  OTHER_POSITION,
  OTHER_TIME,
  FLIPPED_ANYWHERE,
  OTHER_TABLE,
  BINARY_LOG,
  OTHER_OPERATION;

  /** Mutations of a record. */
  static final List<Mutation> OF_RECORDS = List.copyOf(EnumSet.range(FLIPPED_BITS, NO_EVENT));

  /** Mutations of a table. */
  static final List<Mutation> OF_TABLES = List.copyOf(EnumSet.range(OTHER_SOURCE, OTHER_OPERATION));

  /** The name as options have it. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The mutation of a name as options have it.
   *
   * @throws IllegalArgumentException for any other text
   */
  static Mutation parse(String text) {
    return Arrays.stream(values())
        .filter(mutation -> mutation.text().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a kind must be one of "
                        + Arrays.stream(values()).map(Mutation::text).toList()
                        + ", but was: "
                        + text));
  }
}
