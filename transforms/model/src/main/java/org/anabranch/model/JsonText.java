package org.anabranch.model;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * JSON text of decoded values: numbers as numbers (decimals with every digit), not-a-number and the
 * infinities as text, dates and times in ISO 8601, bytes in base64.
 */
public final class JsonText {

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter(Locale.ROOT);
  private static final DateTimeFormatter TIMESTAMP =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral('T')
          .append(TIME)
          .toFormatter(Locale.ROOT);

  private JsonText() {}

  public static String of(@Nullable Object value) {
    StringBuilder out = new StringBuilder();
    append(out, value);
    return out.toString();
  }

  /** Instant in UTC with as many fraction digits as it needs, e.g. {@code 2026-01-02T03:04:05Z}. */
  public static String timestamp(Instant instant) {
    return TIMESTAMP.format(LocalDateTime.ofInstant(instant, ZoneOffset.UTC)) + "Z";
  }

  /** Appends the value as {@link Values#read} gives it. */
  public static void append(StringBuilder out, @Nullable Object value) {
    if (value == null || value instanceof Boolean || value instanceof Long) {
      out.append(value);
    } else if (value instanceof Double number) {
      appendDouble(out, number);
    } else if (value instanceof BigDecimal decimal) {
      out.append(decimalText(decimal));
    } else if (value instanceof List<?> list) {
      String separator = "[";
      for (Object element : list) {
        out.append(separator);
        append(out, element);
        separator = ",";
      }

      out.append(list.isEmpty() ? "[]" : "]");
    } else {
      quote(out, scalarText(value));
    }
  }

  private static void appendDouble(StringBuilder out, double number) {
    if (Double.isFinite(number)) {
      out.append(number);
      return;
    }

    out.append('"').append(number).append('"');
  }

  /** Text of a value without quotes, for people: decimals with every digit, lists as JSON. */
  public static String text(Object value) {
    return value instanceof List<?> ? of(value) : scalarText(value);
  }

  /** Text of a scalar without quotes. */
  public static String scalarText(Object value) {
    if (value instanceof Instant instant) {
      return timestamp(instant);
    }

    if (value instanceof LocalDateTime time) {
      return TIMESTAMP.format(time);
    }

    if (value instanceof LocalTime time) {
      return TIME.format(time);
    }

    if (value instanceof ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.duplicate().get(copy);
      return Base64.getEncoder().encodeToString(copy);
    }

    return value instanceof BigDecimal decimal ? decimalText(decimal) : value.toString();
  }

  /** Every digit, but for a number that is mostly zeros which only give its size. */
  private static String decimalText(BigDecimal decimal) {
    return Math.abs((long) decimal.scale()) > PlainNumber.MAX_ZEROS
        ? PlainNumber.of(decimal)
        : decimal.toPlainString();
  }

  /** Appends text as a JSON string (RFC 8259). */
  public static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }

    out.append('"');
  }
}
