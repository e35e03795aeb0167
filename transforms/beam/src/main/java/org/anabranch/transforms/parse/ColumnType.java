package org.anabranch.transforms.parse;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.jspecify.annotations.Nullable;

/**
 * How the values of a column are read: what they are stored as and how the source writes them.
 *
 * @param reading what a value is
 * @param unit of dates and times that are sent as numbers
 * @param type stored type; null where it follows from each value
 * @param element of a list; null otherwise
 * @param base64Scale where decimals are always base64 of their unscaled value: digits after the
 *     point; null where text is a number, or may be either
 */
record ColumnType(
    Reading reading,
    Unit unit,
    @Nullable Type type,
    @Nullable ColumnType element,
    @Nullable Integer base64Scale) {

  /** What a value is. */
  enum Reading {
    INFERRED,
    /** Part of a key whose type is not known: a number, with every digit, or text. */
    KEY,
    BOOLEAN,
    INT32,
    INT64,
    DOUBLE,
    /** Decimal with a fixed number of digits. */
    DECIMAL,
    /** Decimal of any size; not-a-number and the infinities stay text. */
    NUMERIC,
    DATE,
    TIME,
    TIMESTAMP,
    TIMESTAMPTZ,
    BYTES,
    UUID,
    JSON,
    STRING,
    LIST
  }

  /** Unit of numbers. */
  enum Unit {
    NONE,
    DAYS,
    MILLIS,
    MICROS,
    /** Nanoseconds; a value that is no whole number of microseconds is kept as text. */
    NANOS
  }

  static final ColumnType INFERRED = new ColumnType(Reading.INFERRED, Unit.NONE, null, null, null);
  static final ColumnType KEY = new ColumnType(Reading.KEY, Unit.NONE, null, null, null);
  static final ColumnType NUMERIC = new ColumnType(Reading.NUMERIC, Unit.NONE, null, null, null);

  private static final Pattern WITH_PRECISION =
      Pattern.compile("(timestamp|timestamptz|time)\\s*\\(\\s*([0-9])\\s*\\)");
  private static final Pattern LIST = Pattern.compile("(?:list|array)\\s*<(.+)>");
  private static final int MILLIS_DIGITS = 3;
  private static final int MICROS_DIGITS = 6;

  private static final int ANY_LITERAL =
      1 << Values.NULL | 1 << Values.FALSE | 1 << Values.TRUE | 1 << Values.INT;

  /**
   * Reads a declaration: what {@link Type#parse} reads; {@code decimal} without digits for numbers
   * of any size; {@code timestamp}, {@code timestamptz} and {@code time} with a precision from 0 to
   * 9, which says what numbers count: up to 3 milliseconds, up to 6 (and without) microseconds,
   * above nanoseconds, as Debezium's {@code time.precision.mode=adaptive} does.
   *
   * @throws IllegalArgumentException naming what is allowed
   */
  static ColumnType parse(String text) {
    String name = text.strip().toLowerCase(Locale.ROOT);
    if (name.equals("decimal") || name.equals("numeric")) {
      return NUMERIC;
    }

    Matcher list = LIST.matcher(name);
    if (list.matches()) {
      return listOf(parse(list.group(1)));
    }

    Matcher precise = WITH_PRECISION.matcher(name);
    if (precise.matches()) {
      return of(Type.parse(precise.group(1)), unitOf(Integer.parseInt(precise.group(2))));
    }

    return of(Type.parse(name));
  }

  private static Unit unitOf(int digits) {
    if (digits <= MILLIS_DIGITS) {
      return Unit.MILLIS;
    }

    return digits <= MICROS_DIGITS ? Unit.MICROS : Unit.NANOS;
  }

  /** Reading of a stored type; times sent as numbers count microseconds, dates days. */
  static ColumnType of(Type type) {
    return of(type, type.kind() == Type.Kind.DATE ? Unit.DAYS : Unit.MICROS);
  }

  static ColumnType of(Type known, Unit unit) {
    Type type = known.plain();
    Type element = type.element();
    if (element != null) {
      return listOf(of(element));
    }

    Reading reading =
        type.kind() == Type.Kind.NULL ? Reading.INFERRED : Reading.valueOf(type.kind().name());
    boolean inferred = reading == Reading.INFERRED || unit == Unit.NANOS;
    return new ColumnType(reading, unit, inferred ? null : type, null, null);
  }

  static ColumnType listOf(ColumnType element) {
    Type type = element.type;
    return new ColumnType(
        Reading.LIST, Unit.NONE, type == null ? null : Type.listOf(type), element, null);
  }

  /** Decimals that are sent as base64 of their unscaled value. */
  static ColumnType decimalBytes(int precision, int scale) {
    if (scale < 0 || scale > precision || precision < 1 || precision > Type.MAX_PRECISION) {
      return numericBytes(scale);
    }

    return new ColumnType(Reading.DECIMAL, Unit.NONE, Type.decimal(precision, scale), null, scale);
  }

  /** The same of any number of digits. */
  static ColumnType numericBytes(int scale) {
    return new ColumnType(Reading.NUMERIC, Unit.NONE, null, null, scale);
  }

  /** The same for a column of the key: numbers with a fraction are decimals, for keys are exact. */
  ColumnType ofKey() {
    return switch (reading) {
      case INFERRED -> KEY;
      case DOUBLE -> NUMERIC;
      default -> this;
    };
  }

  /** Set of tags of raw values that are stored as they are, one bit each. */
  int unchangedTags() {
    return switch (reading) {
      case INFERRED -> ANY_LITERAL | 1 << Values.STRING;
      case KEY -> 1 << Values.NULL | 1 << Values.INT | 1 << Values.STRING;
      case BOOLEAN -> 1 << Values.NULL | 1 << Values.FALSE | 1 << Values.TRUE;
      case INT64 -> 1 << Values.NULL | 1 << Values.INT;
      case JSON, STRING -> 1 << Values.NULL | 1 << Values.STRING;
      default -> 1 << Values.NULL;
    };
  }

  /** How people call it, for the detail of a dead letter. */
  @Override
  public String toString() {
    if (type != null) {
      return type.toString();
    }

    return reading == Reading.NUMERIC ? "decimal" : reading.name().toLowerCase(Locale.ROOT);
  }
}
