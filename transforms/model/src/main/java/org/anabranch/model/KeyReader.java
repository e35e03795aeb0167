package org.anabranch.model;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the values of a key back from its bytes, for tables that get another key: in the form that
 * {@link KeyWriter} writes and in the one before, whose tags were those of the values.
 */
public final class KeyReader {

  private static final int FRACTION = 4;

  private final ByteReader in = new ByteReader(new byte[0]);
  private final ByteWriter text = new ByteWriter(64);

  /**
   * The encoded value of each part, by its column.
   *
   * @param types of the key's columns, as they are stored: numbers in a column of doubles are such
   * @return null where the bytes are no key of so many parts
   */
  public @Nullable List<byte[]> read(byte[] key, List<Type> types) {
    in.reset(key, 0, key.length);
    List<byte[]> values = new ArrayList<>();
    try {
      for (Type type : types) {
        ByteWriter value = new ByteWriter(32);
        if (!readPart(type, value)) {
          return null;
        }

        values.add(value.toByteArray());
      }
    } catch (ArrayIndexOutOfBoundsException e) {
      return null;
    }

    return in.position() == key.length ? values : null;
  }

  private boolean readPart(Type type, ByteWriter out) {
    int tag = in.readByte();
    switch (tag) {
      case Values.FALSE, Values.TRUE -> out.writeByte(tag);
      case Values.INT -> Values.writeInt(out, in.readLong() ^ Long.MIN_VALUE);
      case Values.DATE, Values.TIME, Values.TIMESTAMP, Values.TIMESTAMPTZ ->
          Values.writeTemporal(out, tag, in.readLong() ^ Long.MIN_VALUE);
      case Values.STRING, Values.BYTES -> {
        readText();
        out.writeByte(tag);
        out.writeVarint(text.size());
        out.write(text.buffer(), 0, text.size());
      }
      case FRACTION -> {
        readText();
        writeNumber(type, out);
      }
      default -> {
        return false;
      }
    }

    return true;
  }

  private void writeNumber(Type type, ByteWriter out) {
    String digits = new String(text.buffer(), 0, text.size(), StandardCharsets.US_ASCII);
    if (type.equals(Type.DOUBLE)) {
      // The form before had all digits that the double stands for.
      Values.writeDouble(out, Double.parseDouble(digits));
    } else if (PlainNumber.isPlain(text.buffer(), 0, text.size())) {
      Values.writeString(out, digits);
    } else {
      Values.writeDecimal(out, new BigDecimal(digits));
    }
  }

  private void readText() {
    text.clear();
    while (true) {
      int next = in.readByte();
      if (next == 0 && in.readByte() == 0) {
        return;
      }

      text.writeByte(next);
    }
  }
}
