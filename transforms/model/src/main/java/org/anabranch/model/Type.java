package org.anabranch.model;

import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Type of a column. Types form a join-semilattice, so that the schema of a table does not depend on
 * which event came first.
 *
 * <p>{@link Kind#NULL} is the bottom (a column of which only nulls were seen) and {@link
 * Kind#STRING} the top (any value can be written as text). In between {@code INT32 < INT64 <
 * DECIMAL} and {@code INT64 < DOUBLE}; lists join element by element; every other pair meets in
 * {@code STRING}.
 *
 * @param kind what the values are
 * @param integerDigits digits before the decimal point; 0 unless {@code DECIMAL}
 * @param scale digits after the decimal point; 0 unless {@code DECIMAL}
 * @param element type of the elements; null unless {@code LIST}
 */
public record Type(Kind kind, int integerDigits, int scale, @Nullable Type element) {

  /** What the values of a column are. */
  public enum Kind {
    NULL,
    BOOLEAN,
    INT32,
    INT64,
    DOUBLE,
    DECIMAL,
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

  /** Most digits a Parquet decimal is read back with by the engines users have. */
  public static final int MAX_PRECISION = 38;

  public static final Type NULL = of(Kind.NULL);
  public static final Type BOOLEAN = of(Kind.BOOLEAN);
  public static final Type INT32 = of(Kind.INT32);
  public static final Type INT64 = of(Kind.INT64);
  public static final Type DOUBLE = of(Kind.DOUBLE);
  public static final Type DATE = of(Kind.DATE);
  public static final Type TIME = of(Kind.TIME);
  public static final Type TIMESTAMP = of(Kind.TIMESTAMP);
  public static final Type TIMESTAMPTZ = of(Kind.TIMESTAMPTZ);
  public static final Type BYTES = of(Kind.BYTES);
  public static final Type UUID = of(Kind.UUID);
  public static final Type JSON = of(Kind.JSON);
  public static final Type STRING = of(Kind.STRING);

  private static final int INT64_DIGITS = 19;
  private static final int INT32_DIGITS = 10;
  private static final Pattern DECIMAL_TEXT =
      Pattern.compile("(?:decimal|numeric)\\s*\\(\\s*(\\d+)\\s*(?:,\\s*(\\d+)\\s*)?\\)");
  private static final Pattern LIST_TEXT = Pattern.compile("(?:list|array)\\s*<(.+)>");

  public Type {
    Objects.requireNonNull(kind, "kind");
    if ((kind == Kind.LIST) != (element != null)) {
      throw new IllegalArgumentException("a list and only a list has an element type: " + kind);
    }

    if (kind != Kind.DECIMAL && (integerDigits != 0 || scale != 0)) {
      throw new IllegalArgumentException("only a decimal has digits and a scale: " + kind);
    }

    boolean isEmpty = kind == Kind.DECIMAL && integerDigits + scale < 1;
    if (isEmpty || integerDigits < 0 || scale < 0 || integerDigits + scale > MAX_PRECISION) {
      throw new IllegalArgumentException(
          "a decimal has 1 to 38 digits, but was: " + (integerDigits + scale));
    }
  }

  private static Type of(Kind kind) {
    return new Type(kind, 0, 0, null);
  }

  /** Decimal with {@code precision} digits in all, {@code scale} of them after the point. */
  public static Type decimal(int precision, int scale) {
    if (scale > precision) {
      throw new IllegalArgumentException(
          "scale must not exceed precision, but was: decimal(" + precision + "," + scale + ")");
    }

    return new Type(Kind.DECIMAL, precision - scale, scale, null);
  }

  /** List of {@code element}. */
  public static Type listOf(Type element) {
    return new Type(Kind.LIST, 0, 0, element);
  }

  /** Digits in all of a decimal. */
  public int precision() {
    return Math.max(1, integerDigits + scale);
  }

  /** Smallest type that holds the values of both. */
  public Type join(Type other) {
    if (equals(other) || other.kind == Kind.NULL) {
      return this;
    }

    if (kind == Kind.NULL) {
      return other;
    }

    if (element != null && other.element != null) {
      return listOf(element.join(other.element));
    }

    if (isNumber() && other.isNumber()) {
      return joinNumbers(other);
    }

    return STRING;
  }

  private boolean isNumber() {
    return kind == Kind.INT32 || kind == Kind.INT64 || kind == Kind.DECIMAL || kind == Kind.DOUBLE;
  }

  private Type joinNumbers(Type other) {
    boolean hasDouble = kind == Kind.DOUBLE || other.kind == Kind.DOUBLE;
    boolean hasDecimal = kind == Kind.DECIMAL || other.kind == Kind.DECIMAL;
    if (hasDouble) {
      return hasDecimal ? STRING : DOUBLE;
    }

    if (!hasDecimal) {
      return INT64;
    }

    int digits = Math.max(digitsOfNumber(), other.digitsOfNumber());
    int joinedScale = Math.max(scale, other.scale);
    return digits + joinedScale > MAX_PRECISION
        ? STRING
        : new Type(Kind.DECIMAL, digits, joinedScale, null);
  }

  private int digitsOfNumber() {
    return switch (kind) {
      case INT32 -> INT32_DIGITS;
      case INT64 -> INT64_DIGITS;
      default -> integerDigits;
    };
  }

  /**
   * Reads the text of a type as users write it in a declaration: {@code boolean}, {@code int}
   * ({@code int32}), {@code bigint} ({@code int64}), {@code double}, {@code decimal(p,s)}, {@code
   * date}, {@code time}, {@code timestamp}, {@code timestamptz}, {@code bytes}, {@code uuid},
   * {@code json}, {@code string}, {@code list<type>}.
   *
   * @throws IllegalArgumentException naming what is allowed
   */
  public static Type parse(String text) {
    String name = text.strip().toLowerCase(Locale.ROOT);
    Matcher decimal = DECIMAL_TEXT.matcher(name);
    if (decimal.matches()) {
      String scale = decimal.group(2);
      return decimal(
          Integer.parseInt(decimal.group(1)), scale == null ? 0 : Integer.parseInt(scale));
    }

    Matcher list = LIST_TEXT.matcher(name);
    if (list.matches()) {
      return listOf(parse(list.group(1)));
    }

    return switch (name) {
      case "boolean", "bool" -> BOOLEAN;
      case "int", "integer", "int32", "smallint" -> INT32;
      case "bigint", "long", "int64" -> INT64;
      case "double", "float", "float64" -> DOUBLE;
      case "date" -> DATE;
      case "time" -> TIME;
      case "timestamp" -> TIMESTAMP;
      case "timestamptz" -> TIMESTAMPTZ;
      case "bytes", "bytea", "binary" -> BYTES;
      case "uuid" -> UUID;
      case "json", "jsonb" -> JSON;
      case "string", "text", "varchar" -> STRING;
      case "null" -> NULL;
      default ->
          throw new IllegalArgumentException(
              "unknown type '"
                  + text
                  + "'; allowed: boolean, int, bigint, double, decimal(p,s), date, time, timestamp,"
                  + " timestamptz, bytes, uuid, json, string, list<type>");
    };
  }

  /** The text that {@link #parse} reads. */
  @Override
  public String toString() {
    return switch (kind) {
      case DECIMAL -> "decimal(" + precision() + "," + scale + ")";
      case LIST -> "list<" + element + ">";
      case INT32 -> "int";
      case INT64 -> "bigint";
      default -> kind.name().toLowerCase(Locale.ROOT);
    };
  }
}
