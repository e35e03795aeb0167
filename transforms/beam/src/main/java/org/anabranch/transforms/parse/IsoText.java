package org.anabranch.transforms.parse;

import java.time.LocalDate;
import java.time.Month;
import java.time.Year;

/**
 * Dates and times in ISO 8601 as sources write them: {@code 1990-02-28}, {@code 23:59:59.123456},
 * {@code 2026-01-02T03:04:05.678901}, each also with {@code Z} or an offset behind it, the latter
 * also with a space for the {@code T}. Years may have a sign and up to six digits. Fractions are
 * exact: digits beyond microseconds must be zero. Gives {@link #INVALID} for anything else. Not
 * thread-safe.
 */
final class IsoText {

  static final long INVALID = Long.MIN_VALUE;

  static final long MICROS_PER_DAY = 86_400_000_000L;

  private static final int MICROS_PER_SECOND = 1_000_000;
  private static final int MAX_YEAR = 290_000;
  private static final int MAX_YEAR_DIGITS = 6;
  private static final int FRACTION_DIGITS = 6;

  private byte[] text = {};
  private int at;
  private int end;
  private boolean invalid;

  private void begin(byte[] bytes, int offset, int length) {
    text = bytes;
    at = offset;
    end = offset + length;
    invalid = false;
  }

  /** Days since 1970-01-01; an offset behind the date is checked and has no influence. */
  long date(byte[] bytes, int offset, int length) {
    begin(bytes, offset, length);
    long days = date();
    zone();
    return finish(days);
  }

  /** Microseconds of the day, in UTC where the text has an offset. */
  long time(byte[] bytes, int offset, int length) {
    begin(bytes, offset, length);
    long micros = time();
    long zone = zone();
    return finish(Math.floorMod(micros - zone, MICROS_PER_DAY));
  }

  /** Microseconds since the epoch, in UTC where the text has an offset. */
  long timestamp(byte[] bytes, int offset, int length) {
    begin(bytes, offset, length);
    long micros = date() * MICROS_PER_DAY;
    if (at < end && (text[at] == 'T' || text[at] == ' ')) {
      at++;
      micros += time();
    }

    long zone = zone();
    return finish(micros - zone);
  }

  private long finish(long value) {
    return invalid || at != end ? INVALID : value;
  }

  private long date() {
    boolean negative = at < end && text[at] == '-';
    if (negative || (at < end && text[at] == '+')) {
      at++;
    }

    int start = at;
    int year = 0;
    while (at < end && at - start <= MAX_YEAR_DIGITS && isDigit(text[at])) {
      year = year * 10 + text[at++] - '0';
    }

    if (at - start < 4 || year > MAX_YEAR) {
      invalid = true;
      return 0;
    }

    year = negative ? -year : year;
    expect('-');
    int month = two();
    expect('-');
    int day = two();
    if (invalid
        || month < 1
        || month > 12
        || day < 1
        || day > Month.of(month).length(Year.isLeap(year))) {
      invalid = true;
      return 0;
    }

    return LocalDate.of(year, month, day).toEpochDay();
  }

  private long time() {
    int hour = two();
    expect(':');
    int minute = two();
    int second = 0;
    if (at < end && text[at] == ':') {
      at++;
      second = two();
    }

    if (hour > 23 || minute > 59 || second > 59) {
      invalid = true;
    }

    return ((hour * 60L + minute) * 60L + second) * MICROS_PER_SECOND + fraction();
  }

  private long fraction() {
    if (at >= end || text[at] != '.') {
      return 0;
    }

    at++;
    int start = at;
    long micros = 0;
    while (at < end && isDigit(text[at])) {
      int digit = text[at] - '0';
      if (at - start < FRACTION_DIGITS) {
        micros = micros * 10 + digit;
      } else if (digit != 0) {
        invalid = true;
      }

      at++;
    }

    invalid |= at == start;
    for (int digits = at - start; digits < FRACTION_DIGITS; digits++) {
      micros *= 10;
    }

    return micros;
  }

  /** Offset in microseconds; 0 without one. */
  private long zone() {
    if (at >= end) {
      return 0;
    }

    byte sign = text[at++];
    if (sign == 'Z') {
      return 0;
    }

    if (sign != '+' && sign != '-') {
      invalid = true;
      return 0;
    }

    long seconds = two() * 3600L;
    for (int unit = 60; at < end && unit >= 1; unit /= 60) {
      if (text[at] == ':') {
        at++;
      }

      seconds += two() * (long) unit;
    }

    return (sign == '-' ? -seconds : seconds) * MICROS_PER_SECOND;
  }

  private int two() {
    if (at + 2 > end || !isDigit(text[at]) || !isDigit(text[at + 1])) {
      invalid = true;
      return 0;
    }

    int value = (text[at] - '0') * 10 + text[at + 1] - '0';
    at += 2;
    return value;
  }

  private void expect(char expected) {
    if (at < end && text[at] == expected) {
      at++;
      return;
    }

    invalid = true;
  }

  private static boolean isDigit(byte c) {
    return c >= '0' && c <= '9';
  }
}
