package org.anabranch.transforms.parse;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import java.util.UUID;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Values;

/**
 * Recognises the placeholder of a value the source did not send, in the forms in which Debezium
 * writes it by the type of the column [1]: the text itself; base64 of its bytes; the name-based
 * UUID of its bytes; an array that begins with one of these, or of the numbers of its bytes; an
 * object whose field is the text.
 *
 * <p>[1] Debezium, PostgreSQL connector, toasted values,
 * https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-toasted-values
 */
final class UnavailableValues {

  /** Lengths of one byte are looked up before the text is compared. */
  private static final int SHORT = 128;

  private final byte[][] texts;
  private final boolean[] lengths = new boolean[SHORT];
  private final boolean anyLong;
  private final byte[] numbers;

  UnavailableValues(String placeholder) {
    byte[] bytes = placeholder.getBytes(StandardCharsets.UTF_8);
    String base64 = Base64.getEncoder().encodeToString(bytes);
    Set<String> forms = Set.of(placeholder, base64, UUID.nameUUIDFromBytes(bytes).toString());
    texts =
        forms.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
    boolean isAnyLong = false;
    for (byte[] text : texts) {
      if (text.length < SHORT) {
        lengths[text.length] = true;
      } else {
        isAnyLong = true;
      }
    }

    anyLong = isAnyLong;
    numbers = encodeNumbers(bytes);
  }

  private static byte[] encodeNumbers(byte[] bytes) {
    ByteWriter out = new ByteWriter(bytes.length * 3);
    for (byte number : bytes) {
      Values.writeInt(out, number);
    }

    return out.toByteArray();
  }

  /** Whether the value at {@code start} is a string that may be the placeholder; cheap. */
  boolean maybeText(byte[] raw, int start) {
    byte length = raw[start + 1];
    return length < 0 ? anyLong : lengths[length];
  }

  /** Whether the value the reader stands at is the placeholder. Moves the reader. */
  boolean matches(ByteReader in) {
    int tag = in.readByte();
    return switch (tag) {
      case Values.STRING -> matchesText(in);
      case RawJson.ARRAY -> matchesArray(in, RawJson.readLength(in));
      case RawJson.OBJECT -> RawJson.readLength(in) > 0 && matchesText(in);
      default -> false;
    };
  }

  private boolean matchesArray(ByteReader in, int length) {
    if (length == 0) {
      return false;
    }

    int start = in.position();
    if (in.buffer()[start] == Values.STRING) {
      in.skip(1);
      return matchesText(in);
    }

    return numbers.length > 0
        && Arrays.equals(in.buffer(), start, start + length, numbers, 0, numbers.length);
  }

  private boolean matchesText(ByteReader in) {
    int length = in.readSize();
    int start = in.position();
    for (byte[] text : texts) {
      if (text.length == length
          && Arrays.equals(in.buffer(), start, start + length, text, 0, length)) {
        return true;
      }
    }

    return false;
  }
}
