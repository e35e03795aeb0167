package org.anabranch.model;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * The one text of a number, whatever its type and however it was written: plain digits, no sign but
 * a minus, no zeros before the first digit of the whole part and none behind the last one of the
 * fraction. A double is the shortest decimal that gives it back. A number whose text would have
 * more than {@value #MAX_ZEROS} zeros that only give its size is written with an exponent.
 *
 * <p>Takes a time that grows hardly faster than the number of digits.
 */
public final class PlainNumber {

  /** More than any database keeps, few enough to be written out. */
  static final int MAX_ZEROS = 200_000;

  /** Digits that are enough for some doubles, and for every one. */
  private static final int FEW_DIGITS = 15;

  private static final int ALL_DIGITS = 17;

  private PlainNumber() {}

  public static String of(BigDecimal value) {
    if (value.signum() == 0) {
      return "0";
    }

    String digits = value.unscaledValue().abs().toString();
    int count = digits.length();
    while (digits.charAt(count - 1) == '0') {
      count--;
    }

    long scale = (long) value.scale() - digits.length() + count;
    StringBuilder out = new StringBuilder(count + 8);
    if (value.signum() < 0) {
      out.append('-');
    }

    if (-scale > MAX_ZEROS || scale - count > MAX_ZEROS) {
      long exponent = count - 1 - scale;
      out.append(digits, 0, 1).append(count > 1 ? "." : "").append(digits, 1, count);
      return out.append('E').append(exponent > 0 ? "+" : "").append(exponent).toString();
    }

    if (scale <= 0) {
      return out.append(digits, 0, count).append("0".repeat((int) -scale)).toString();
    }

    int whole = (int) (count - scale);
    if (whole <= 0) {
      return out.append("0.").append("0".repeat(-whole)).append(digits, 0, count).toString();
    }

    return out.append(digits, 0, whole).append('.').append(digits, whole, count).toString();
  }

  /** Not-a-number and the infinities are called as Java calls them. */
  public static String of(double value) {
    return Double.isFinite(value) ? of(shortest(value)) : Double.toString(value);
  }

  /**
   * The shortest decimal that gives a finite double back; of several the one that is closest to it.
   * Does not depend on the version of Java, as the text of a double does.
   */
  public static BigDecimal shortest(double value) {
    BigDecimal exact = new BigDecimal(value);
    int digits = Math.abs(value) < Double.MIN_NORMAL ? 1 : FEW_DIGITS;
    BigDecimal rounded = round(exact, digits);
    while (digits < ALL_DIGITS && rounded.doubleValue() != value) {
      digits++;
      rounded = round(exact, digits);
    }

    return rounded;
  }

  private static BigDecimal round(BigDecimal value, int digits) {
    return value.round(new MathContext(digits, RoundingMode.HALF_EVEN));
  }

  /** Whether text, in UTF-8, is what {@link #of} gives for some number, but for its size. */
  static boolean isPlain(byte[] text, int offset, int length) {
    int end = offset + length;
    int at = offset;
    boolean isNegative = length > 0 && text[at] == '-';
    at += isNegative ? 1 : 0;
    int whole = at;
    at = behindDigits(text, at, end);
    if (at == whole || (text[whole] == '0' && at - whole > 1)) {
      return false;
    }

    if (at == end) {
      return !isNegative || text[whole] != '0';
    }

    int fraction = at + 1;
    return text[at] == '.'
        && fraction < end
        && behindDigits(text, fraction, end) == end
        && text[end - 1] != '0';
  }

  private static int behindDigits(byte[] text, int from, int end) {
    int at = from;
    while (at < end && text[at] >= '0' && text[at] <= '9') {
      at++;
    }

    return at;
  }
}
