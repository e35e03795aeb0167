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
 * Kind#STRING} the top (any value can be written as text). In between {@code BOOLEAN < INT32 <
 * INT64 < DECIMAL} and {@code INT64 < DOUBLE}; lists join element by element; every other pair
 * meets in {@code STRING}.
 *
 * <p>No join loses a digit. A double whose values are known by their digits ({@code double(5,2)})
 * meets a decimal in a decimal that holds both, and one of which they are not ({@code double}) in
 * text. Whole numbers that no double gives back are a type of their own, {@code bigint(19)}, which
 * meets doubles as a decimal does.
 *
 * <p>A boolean beside numbers is the number 1 or 0, beside text {@code true} or {@code false}. So
 * that a column with all three has the same texts whatever came first, a type knows what else is
 * among its values ({@code int|boolean}, {@code string|boolean|number}): where both are, booleans
 * and the texts {@code true} and {@code false} are written as {@code 1} and {@code 0}. Lists whose
 * elements JSON tells apart (numbers, booleans, texts, lists) meet in text, which is JSON.
 *
 * @param kind what the values are
 * @param integerDigits digits before the decimal point of a {@code DECIMAL}, and of a {@code
 *     DOUBLE} whose digits are known; 19 for an {@code INT64} with values that no double gives
 *     back; 0 otherwise
 * @param scale digits after the decimal point of these; 0 otherwise
 * @param element type of the elements; null unless {@code LIST}
 * @param among what else the values are: booleans of a number, booleans and numbers of a {@code
 *     STRING}
 */
public record Type(Kind kind, int integerDigits, int scale, @Nullable Type element, Among among) {

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

  /** Values of other kinds that a column has. */
  public enum Among {
    NOTHING,
    BOOLEANS,
    NUMBERS,
    BOOLEANS_AND_NUMBERS;

    private static Among of(boolean booleans, boolean numbers) {
      if (booleans) {
        return numbers ? BOOLEANS_AND_NUMBERS : BOOLEANS;
      }

      return numbers ? NUMBERS : NOTHING;
    }

    private boolean hasBooleans() {
      return this == BOOLEANS || this == BOOLEANS_AND_NUMBERS;
    }

    private boolean hasNumbers() {
      return this == NUMBERS || this == BOOLEANS_AND_NUMBERS;
    }

    private Among join(Among other) {
      return of(hasBooleans() || other.hasBooleans(), hasNumbers() || other.hasNumbers());
    }

    private Among withoutNumbers() {
      return of(hasBooleans(), false);
    }

    private String text() {
      return (hasBooleans() ? "|boolean" : "") + (hasNumbers() ? "|number" : "");
    }
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

  /** Whole numbers of which some are beyond 2^53 and no double. */
  public static final Type WIDE_INT64 = new Type(Kind.INT64, 19, 0, null);

  /** Numbers that no decimal holds. */
  public static final Type NUMBERS_AS_TEXT = new Type(Kind.STRING, 0, 0, null, Among.NUMBERS);

  private static final int INT64_DIGITS = 19;
  private static final int INT32_DIGITS = 10;
  private static final Pattern DECIMAL_TEXT =
      Pattern.compile("(decimal|numeric|double)\\s*\\(\\s*(\\d+)\\s*(?:,\\s*(\\d+)\\s*)?\\)");
  private static final Pattern LIST_TEXT = Pattern.compile("(?:list|array)\\s*<(.+)>");

  public Type {
    Objects.requireNonNull(kind, "kind");
    if ((kind == Kind.LIST) != (element != null)) {
      throw new IllegalArgumentException("a list and only a list has an element type: " + kind);
    }

    boolean isWide = kind == Kind.INT64 && integerDigits == INT64_DIGITS && scale == 0;
    boolean hasDigits = kind == Kind.DECIMAL || kind == Kind.DOUBLE || isWide;
    if (!hasDigits && (integerDigits != 0 || scale != 0)) {
      throw new IllegalArgumentException("only a decimal has digits and a scale: " + kind);
    }

    if (among != Among.NOTHING && kind != Kind.STRING && (!isNumber(kind) || among.hasNumbers())) {
      throw new IllegalArgumentException("a column of " + kind + " cannot have " + among);
    }

    boolean isEmpty = kind == Kind.DECIMAL && integerDigits + scale < 1;
    if (isEmpty || integerDigits < 0 || scale < 0 || integerDigits + scale > MAX_PRECISION) {
      throw new IllegalArgumentException(
          "a decimal has 1 to 38 digits, but was: " + (integerDigits + scale));
    }
  }

  /** Type whose values are all of one kind. */
  public Type(Kind kind, int integerDigits, int scale, @Nullable Type element) {
    this(kind, integerDigits, scale, element, Among.NOTHING);
  }

  private static Type of(Kind kind) {
    return new Type(kind, 0, 0, null);
  }

  /**
   * Doubles whose shortest decimal texts have at most so many digits before and after the point;
   * {@link #DOUBLE} where these are more than a decimal has.
   */
  public static Type doubleOf(int integerDigits, int scale) {
    return integerDigits + scale > MAX_PRECISION
        ? DOUBLE
        : new Type(Kind.DOUBLE, integerDigits, scale, null);
  }

  /** Decimal with {@code precision} digits in all, {@code scale} of them after the point. */
  public static Type decimal(int precision, int scale) {
    if (scale > precision) {
      throw new IllegalArgumentException(
          "scale must not exceed precision, but was: decimal(" + precision + "," + scale + ")");
    }

    return new Type(Kind.DECIMAL, precision - scale, scale, null);
  }

  /**
   * List of {@code element}; text where its values are of several kinds, for a list of one type
   * could not tell a number or a text from the boolean it was.
   */
  public static Type listOf(Type element) {
    boolean isMixed =
        element.kind == Kind.STRING
            ? element.among != Among.NOTHING
            : element.all() == Among.BOOLEANS_AND_NUMBERS;
    return isMixed ? STRING : new Type(Kind.LIST, 0, 0, element);
  }

  private static Type joinLists(Type left, Type right) {
    Type joined = left.join(right);
    boolean isNull = left.kind == Kind.NULL || right.kind == Kind.NULL;
    boolean areTexts = left.isTextInJson() && right.isTextInJson();
    boolean losesForm = joined.kind == Kind.STRING && !isNull && !areTexts;
    return losesForm ? STRING : listOf(joined);
  }

  /**
   * Whether JSON has the values as text anyway, so that elements that become text stay the same.
   */
  private boolean isTextInJson() {
    return switch (kind) {
      case DATE, TIME, TIMESTAMP, TIMESTAMPTZ, BYTES, UUID, STRING -> true;
      default -> false;
    };
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
      return joinLists(element, other.element);
    }

    Among all = all().join(other.all());
    return isNumberOrBoolean() && other.isNumberOrBoolean()
        ? joinNumbers(other, all)
        : with(STRING, all);
  }

  private static boolean isNumber(Kind kind) {
    return kind == Kind.INT32 || kind == Kind.INT64 || kind == Kind.DECIMAL || kind == Kind.DOUBLE;
  }

  private boolean isNumberOrBoolean() {
    return kind == Kind.BOOLEAN || isNumber(kind);
  }

  /** Booleans and numbers among the values, those of the type's own kind too. */
  private Among all() {
    if (kind == Kind.BOOLEAN) {
      return Among.BOOLEANS;
    }

    return isNumber(kind) ? among.join(Among.NUMBERS) : among;
  }

  private static Type with(Type type, Among among) {
    return new Type(type.kind, type.integerDigits, type.scale, type.element, among);
  }

  private Type joinNumbers(Type other, Among all) {
    int digits = Math.max(digitsOfNumber(), other.digitsOfNumber());
    int joinedScale = Math.max(scale, other.scale);
    boolean fits = digits + joinedScale <= MAX_PRECISION;
    boolean hasDouble = kind == Kind.DOUBLE || other.kind == Kind.DOUBLE;
    boolean isExact = kind == Kind.DECIMAL || other.kind == Kind.DECIMAL;
    if (hasDouble) {
      fits &= !isAnyDouble() && !other.isAnyDouble();
      isExact |= isWide() || other.isWide();
      if (!isExact) {
        return with(fits ? doubleOf(digits, joinedScale) : DOUBLE, all.withoutNumbers());
      }
    }

    if (isExact) {
      return fits
          ? new Type(Kind.DECIMAL, digits, joinedScale, null, all.withoutNumbers())
          : with(STRING, all);
    }

    boolean isLong = kind == Kind.INT64 || other.kind == Kind.INT64;
    Type whole = isLong ? INT64 : INT32;
    return with(isWide() || other.isWide() ? WIDE_INT64 : whole, all.withoutNumbers());
  }

  /** Whether this is a double whose digits are not known. */
  private boolean isAnyDouble() {
    return kind == Kind.DOUBLE && integerDigits + scale == 0;
  }

  private boolean isWide() {
    return kind == Kind.INT64 && integerDigits != 0;
  }

  private int digitsOfNumber() {
    return switch (kind) {
      case BOOLEAN -> 1;
      case INT32 -> INT32_DIGITS;
      case INT64 -> INT64_DIGITS;
      default -> integerDigits;
    };
  }

  /** Whether booleans, and the texts of booleans, are written as 1 and 0. */
  public boolean isMixed() {
    return kind == Kind.STRING && among == Among.BOOLEANS_AND_NUMBERS;
  }

  /** The type as people declare it: without what is known of the values. */
  public Type plain() {
    if (element != null) {
      return listOf(element.plain());
    }

    return kind == Kind.DECIMAL ? with(this, Among.NOTHING) : of(kind);
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
    Matcher list = LIST_TEXT.matcher(name);
    if (list.matches()) {
      return listOf(parse(list.group(1)));
    }

    int bar = name.indexOf('|');
    if (bar >= 0) {
      return with(parse(name.substring(0, bar)), among(name.substring(bar)));
    }

    Matcher digits = DECIMAL_TEXT.matcher(name);
    if (digits.matches()) {
      int precision = Integer.parseInt(digits.group(2));
      int scale = digits.group(3) == null ? 0 : Integer.parseInt(digits.group(3));
      Type decimal = decimal(precision, scale);
      return digits.group(1).equals("double") ? doubleOf(decimal.integerDigits, scale) : decimal;
    }

    return switch (name) {
      case "boolean", "bool" -> BOOLEAN;
      case "int", "integer", "int32", "smallint" -> INT32;
      case "bigint", "long", "int64" -> INT64;
      case "bigint(19)" -> WIDE_INT64;
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

  private static Among among(String text) {
    for (Among among : Among.values()) {
      if (among.text().equals(text)) {
        return among;
      }
    }

    throw new IllegalArgumentException("unknown part of a type: " + text);
  }

  /** The text that {@link #parse} reads. */
  @Override
  public String toString() {
    String name =
        switch (kind) {
          case DECIMAL -> "decimal(" + precision() + "," + scale + ")";
          case DOUBLE -> isAnyDouble() ? "double" : "double(" + precision() + "," + scale + ")";
          case LIST -> "list<" + element + ">";
          case INT32 -> "int";
          case INT64 -> isWide() ? "bigint(" + integerDigits + ")" : "bigint";
          default -> kind.name().toLowerCase(Locale.ROOT);
        };
    return name + among.text();
  }
}
