package org.anabranch.transforms.parse;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.anabranch.model.Type;

/**
 * A number in JSON or SQL notation, looked at in one pass, so that one of a million digits costs no
 * more than a text of that length. Only numbers that a decimal holds are turned into one. The same
 * object reads the next number. Not thread-safe.
 */
final class NumberText {

  /** More zeros than any double has; those that an exponent stands for are written up to here. */
  private static final int MAX_ZEROS = 1000;

  /** Digits of an exponent that are looked at; any number with more is beyond all bounds. */
  private static final int EXPONENT_DIGITS = 10;

  private byte[] text = {};
  private int start;
  private int end;
  private boolean negative;
  private boolean hasExponent;

  /** From the first digit that is not zero to behind the last one, a point possibly between. */
  private int first;

  private int behind;
  private int point;

  /** Digits from the first to the last one that is not zero. */
  private int digits;

  /** Digits behind the decimal point; below zero where zeros stand before it. */
  private long scale;

  /** Reads the text; false where it is no number. */
  boolean read(byte[] bytes, int offset, int length) {
    text = bytes;
    start = offset;
    end = offset + length;
    int at = start;
    negative = at < end && text[at] == '-';
    if (negative || (at < end && text[at] == '+')) {
      at++;
    }

    at = readDigits(at);
    if (at < 0) {
      return false;
    }

    long exponent = 0;
    hasExponent = at < end && (text[at] == 'e' || text[at] == 'E');
    if (hasExponent) {
      int from = at + 1;
      boolean below = from < end && text[from] == '-';
      if (below || (from < end && text[from] == '+')) {
        from++;
      }

      at = from;
      while (at < end && isDigit(text[at])) {
        exponent =
            at - from < EXPONENT_DIGITS ? exponent * 10 + text[at] - '0' : Long.MAX_VALUE / 4;
        at++;
      }

      if (at == from) {
        return false;
      }

      exponent = below ? -exponent : exponent;
    }

    scale = digits == 0 ? 0 : scale - exponent;
    return at == end;
  }

  /** Finds the digits and the point; gives the place behind them, -1 where there is no digit. */
  private int readDigits(int from) {
    point = -1;
    first = -1;
    behind = from;
    int count = 0;
    int at = from;
    for (; at < end; at++) {
      byte c = text[at];
      if (c == '.' && point < 0) {
        point = at;
      } else if (isDigit(c)) {
        count++;
        if (c != '0') {
          first = first < 0 ? at : first;
          behind = at + 1;
        }
      } else {
        break;
      }
    }

    boolean pointWithin = point > first && point < behind;
    digits = first < 0 ? 0 : behind - first - (pointWithin ? 1 : 0);
    int whole = point < 0 ? at : point;
    scale = whole >= behind ? behind - (long) whole : behind - 1 - (long) whole;
    return count == 0 ? -1 : at;
  }

  private static boolean isDigit(byte c) {
    return c >= '0' && c <= '9';
  }

  /** Digits from the first to the last one that is not zero. */
  int digits() {
    return digits;
  }

  /** Place of the first digit: 1 for ones, 2 for tens, 0 for tenths. */
  long magnitude() {
    return digits - scale;
  }

  /** Digits before the decimal point. */
  long integerDigits() {
    return Math.max(0, digits - scale);
  }

  /** Digits behind the decimal point, without zeros at the end. */
  long scale() {
    return Math.max(0, scale);
  }

  /** Whether a decimal holds the number. */
  boolean isDecimal() {
    return integerDigits() + scale() <= Type.MAX_PRECISION;
  }

  /** Whether a 64-bit number may hold it: it is whole and not too long. */
  boolean isWhole() {
    return scale <= 0 && integerDigits() <= 19;
  }

  /** The number, where a decimal holds it; with the zeros at its end, where one holds them too. */
  BigDecimal decimal() {
    if (digits == 0 && hasExponent) {
      return BigDecimal.ZERO;
    }

    if (end - start <= Type.MAX_PRECISION) {
      BigDecimal asWritten = new BigDecimal(ascii());
      int whole = asWritten.precision() - asWritten.scale();
      if (Math.max(0, whole) + Math.max(0, asWritten.scale()) <= Type.MAX_PRECISION) {
        return asWritten;
      }
    }

    return stripped();
  }

  /** The number, where a decimal holds it, without zeros at its end. */
  BigDecimal stripped() {
    if (digits == 0) {
      return BigDecimal.ZERO;
    }

    BigInteger unscaled = new BigInteger(significant());
    return new BigDecimal(negative ? unscaled.negate() : unscaled, (int) scale);
  }

  private String significant() {
    String all = new String(text, first, behind - first, StandardCharsets.ISO_8859_1);
    int dot = point - first;
    return dot > 0 && dot < all.length() ? all.substring(0, dot) + all.substring(dot + 1) : all;
  }

  private String ascii() {
    return new String(text, start, end - start, StandardCharsets.ISO_8859_1);
  }

  /**
   * The number in plain digits, as {@link org.anabranch.model.PlainNumber} has it; as it is written
   * where its exponent stands for too many zeros.
   */
  String plain() {
    if (digits == 0) {
      return "0";
    }

    if (hasExponent && (-scale > MAX_ZEROS || scale - digits > MAX_ZEROS)) {
      return ascii();
    }

    StringBuilder out = new StringBuilder();
    out.append(negative ? "-" : "");
    String significant = significant();
    if (scale <= 0) {
      return out.append(significant).append("0".repeat((int) -scale)).toString();
    }

    int whole = (int) (digits - scale);
    if (whole <= 0) {
      return out.append("0.").append("0".repeat(-whole)).append(significant).toString();
    }

    return out.append(significant, 0, whole)
        .append('.')
        .append(significant, whole, digits)
        .toString();
  }
}
