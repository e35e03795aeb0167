package org.anabranch.transforms.parse;

import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.JsonText;
import org.anabranch.model.Values;
import org.anabranch.transforms.parse.ColumnType.Reading;
import org.anabranch.transforms.parse.ColumnType.Unit;

/** Encodes dates and times from numbers in the source's unit or from ISO 8601. Not thread-safe. */
final class Temporals {

  /** What {@link LocalDate} can show. */
  private static final long MAX_DAYS = 365_241_780_471L;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final int NANOS_PER_MICRO = 1000;
  private static final long NANOS_PER_DAY = IsoText.MICROS_PER_DAY * NANOS_PER_MICRO;

  private static final DateTimeFormatter BELOW_HOURS =
      new DateTimeFormatterBuilder()
          .appendPattern(":mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter(Locale.ROOT);
  private static final int MICROS_PER_MILLI = 1000;

  private final IsoText iso = new IsoText();

  /** Encodes the value the reader stands at; false where it does not fit. */
  boolean convert(ByteReader in, ColumnType type, ByteWriter out) {
    int tag = in.readByte();
    if (tag == Values.INT) {
      return fromNumber(in.readSigned(), type, out);
    }

    return tag == Values.STRING && fromText(in, type, out);
  }

  private boolean fromText(ByteReader in, ColumnType type, ByteWriter out) {
    int length = in.readSize();
    int start = in.position();
    in.skip(length);
    byte[] bytes = in.buffer();
    long value =
        switch (type.reading()) {
          case DATE -> iso.date(bytes, start, length);
          case TIME -> iso.time(bytes, start, length);
          default -> iso.timestamp(bytes, start, length);
        };
    if (value == IsoText.INVALID) {
      return false;
    }

    Values.writeTemporal(out, tag(type.reading()), value);
    return true;
  }

  private static int tag(Reading reading) {
    return switch (reading) {
      case DATE -> Values.DATE;
      case TIME -> Values.TIME;
      case TIMESTAMP -> Values.TIMESTAMP;
      default -> Values.TIMESTAMPTZ;
    };
  }

  private static boolean fromNumber(long number, ColumnType type, ByteWriter out) {
    Reading reading = type.reading();
    if (reading == Reading.DATE) {
      Values.writeTemporal(out, Values.DATE, number);
      return number == (int) number;
    }

    if (type.unit() == Unit.NANOS && number % NANOS_PER_MICRO != 0) {
      return nanosAsText(number, reading, out);
    }

    long micros =
        switch (type.unit()) {
          case MILLIS -> saturatedMicros(number);
          case NANOS -> number / NANOS_PER_MICRO;
          default -> number;
        };
    Values.writeTemporal(out, tag(reading), micros);
    if (reading == Reading.TIME) {
      return micros >= 0 && micros < IsoText.MICROS_PER_DAY;
    }

    return micros != IsoText.INVALID;
  }

  private static long saturatedMicros(long millis) {
    if (Math.abs(millis) > Long.MAX_VALUE / MICROS_PER_MILLI || millis == Long.MIN_VALUE) {
      return IsoText.INVALID;
    }

    return millis * MICROS_PER_MILLI;
  }

  /** Keeps nanoseconds, for which there is no stored type, as ISO 8601. */
  private static boolean nanosAsText(long nanos, Reading reading, ByteWriter out) {
    if (reading == Reading.TIME) {
      if (nanos < 0 || nanos >= NANOS_PER_DAY) {
        return false;
      }

      Values.writeString(out, LocalTime.ofNanoOfDay(nanos).toString());
      return true;
    }

    LocalDateTime time =
        LocalDateTime.ofEpochSecond(
            Math.floorDiv(nanos, NANOS_PER_SECOND),
            (int) Math.floorMod(nanos, NANOS_PER_SECOND),
            ZoneOffset.UTC);
    Values.writeString(out, reading == Reading.TIMESTAMPTZ ? time + "Z" : time.toString());
    return true;
  }

  /**
   * Text of a number that the stored type cannot hold: a time of day below zero or of more than a
   * day as hours, minutes and seconds, and what the calendar has as ISO 8601; else its digits.
   */
  static String text(long number, ColumnType type) {
    Reading reading = type.reading();
    if (reading == Reading.DATE) {
      return number <= MAX_DAYS && number >= -MAX_DAYS
          ? LocalDate.ofEpochDay(number).toString()
          : Long.toString(number);
    }

    long perSecond =
        switch (type.unit()) {
          case MILLIS -> 1000;
          case NANOS -> NANOS_PER_SECOND;
          default -> 1_000_000;
        };
    long seconds = Math.floorDiv(number, perSecond);
    int nanos = (int) (Math.floorMod(number, perSecond) * (NANOS_PER_SECOND / perSecond));
    if (reading == Reading.TIME) {
      return duration(Duration.ofSeconds(seconds, nanos));
    }

    LocalDateTime time = LocalDateTime.ofEpochSecond(seconds, nanos, ZoneOffset.UTC);
    String text = JsonText.scalarText(time);
    return reading == Reading.TIMESTAMPTZ ? text + "Z" : text;
  }

  private static String duration(Duration time) {
    Duration size = time.abs();
    StringBuilder text = new StringBuilder(time.isNegative() ? "-" : "");
    long hours = size.toHours();
    text.append(hours < 10 ? "0" : "").append(hours);
    String rest = LocalTime.MIDNIGHT.plus(size.minusHours(hours)).format(BELOW_HOURS);
    return text.append(rest).toString();
  }
}
