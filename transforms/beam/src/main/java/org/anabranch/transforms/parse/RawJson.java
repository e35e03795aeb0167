package org.anabranch.transforms.parse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Values;

/**
 * JSON values as they were read, before their types are known: the table of an event, and with it
 * the types, may stand behind the row in the line. Keeps every digit of a number.
 *
 * <p>Format: NULL, FALSE, TRUE, INT and STRING as in {@link Values}; NUMBER (a fraction, or beyond
 * 64 bits) as length and text; ARRAY and OBJECT as length in four bytes, then the elements, or
 * names as strings each followed by its value.
 */
final class RawJson {

  static final int NUMBER = 16;
  static final int ARRAY = 17;
  static final int OBJECT = 18;

  /** Decimal digits that always fit 64 bits. */
  private static final int SAFE_DIGITS = 18;

  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  private RawJson() {}

  /**
   * Appends the value the parser stands at; leaves the parser at its last token. Gives false where
   * it is nested deeper than {@link Limits#MAX_NESTING}: what lies deeper is then null.
   */
  static boolean write(JsonParser parser, ByteWriter out) throws IOException {
    return write(parser, out, 0);
  }

  private static boolean write(JsonParser parser, ByteWriter out, int depth) throws IOException {
    JsonToken token = parser.currentToken();
    switch (token) {
      case VALUE_STRING -> {
        out.writeByte(Values.STRING);
        out.writeChars(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
      }
      case VALUE_NUMBER_INT -> writeInteger(parser, out);
      case VALUE_NULL -> out.writeByte(Values.NULL);
      case VALUE_TRUE -> out.writeByte(Values.TRUE);
      case VALUE_FALSE -> out.writeByte(Values.FALSE);
      case START_ARRAY, START_OBJECT -> {
        if (depth == Limits.MAX_NESTING) {
          parser.skipChildren();
          out.writeByte(Values.NULL);
          return false;
        }

        return token == JsonToken.START_ARRAY
            ? writeArray(parser, out, depth + 1)
            : writeObject(parser, out, depth + 1);
      }
      default -> writeNumber(parser, out);
    }

    return true;
  }

  private static void writeInteger(JsonParser parser, ByteWriter out) throws IOException {
    if (parser.getTextLength() <= SAFE_DIGITS
        || parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      Values.writeInt(out, parser.getLongValue());
      return;
    }

    writeNumber(parser, out);
  }

  private static void writeNumber(JsonParser parser, ByteWriter out) throws IOException {
    out.writeByte(NUMBER);
    out.writeChars(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
  }

  private static boolean writeArray(JsonParser parser, ByteWriter out, int depth)
      throws IOException {
    int start = begin(ARRAY, out);
    boolean fits = true;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      fits &= write(parser, out, depth);
    }

    end(start, out);
    return fits;
  }

  private static boolean writeObject(JsonParser parser, ByteWriter out, int depth)
      throws IOException {
    int start = begin(OBJECT, out);
    boolean fits = true;
    String name = parser.nextFieldName();
    while (name != null) {
      out.writeString(name);
      parser.nextToken();
      fits &= write(parser, out, depth);
      name = parser.nextFieldName();
    }

    end(start, out);
    return fits;
  }

  private static int begin(int tag, ByteWriter out) {
    out.writeByte(tag);
    int start = out.size();
    out.write(new byte[Integer.BYTES], 0, Integer.BYTES);
    return start;
  }

  private static void end(int start, ByteWriter out) {
    int length = out.size() - start - Integer.BYTES;
    byte[] buffer = out.buffer();
    buffer[start] = (byte) (length >>> 24);
    buffer[start + 1] = (byte) (length >>> 16);
    buffer[start + 2] = (byte) (length >>> 8);
    buffer[start + 3] = (byte) length;
  }

  /** Length of the array or object whose tag the reader is behind; moves to its first element. */
  static int readLength(ByteReader in) {
    return in.readByte() << 24 | in.readByte() << 16 | in.readByte() << 8 | in.readByte();
  }

  /** Moves the reader behind the value it stands at. */
  static void skip(ByteReader in) {
    int tag = in.readByte();
    switch (tag) {
      case Values.NULL, Values.FALSE, Values.TRUE -> {}
      case Values.INT -> in.readVarint();
      case Values.STRING, NUMBER -> in.skip(in.readSize());
      default -> in.skip(readLength(in));
    }
  }

  /**
   * Appends the value the reader stands at as JSON text without spaces, and moves behind it. Of
   * fields with the same name only the last is written.
   */
  static void writeText(ByteReader in, ByteWriter out) {
    int tag = in.readByte();
    switch (tag) {
      case Values.NULL -> ascii("null", out);
      case Values.FALSE -> ascii("false", out);
      case Values.TRUE -> ascii("true", out);
      case Values.INT -> ascii(Long.toString(in.readSigned()), out);
      case NUMBER -> {
        int length = in.readSize();
        out.write(in.buffer(), in.position(), length);
        in.skip(length);
      }
      case Values.STRING -> writeQuoted(in, out);
      case ARRAY -> writeArrayText(in, out);
      default -> writeObjectText(in, out);
    }
  }

  private static void writeArrayText(ByteReader in, ByteWriter out) {
    int length = readLength(in);
    int end = in.position() + length;
    out.writeByte('[');
    for (int separator = 0; in.position() < end; separator = ',') {
      separate(separator, out);
      writeText(in, out);
    }

    out.writeByte(']');
  }

  private static void writeObjectText(ByteReader in, ByteWriter out) {
    int length = readLength(in);
    int end = in.position() + length;
    Map<String, Integer> fields = new LinkedHashMap<>();
    while (in.position() < end) {
      int start = in.position();
      fields.put(in.readString(), start);
      skip(in);
    }

    out.writeByte('{');
    int separator = 0;
    for (int start : fields.values()) {
      separate(separator, out);
      separator = ',';
      ByteReader field = new ByteReader(in.buffer()).reset(in.buffer(), start, end - start);
      writeQuoted(field, out);
      out.writeByte(':');
      writeText(field, out);
    }

    out.writeByte('}');
  }

  private static void separate(int separator, ByteWriter out) {
    if (separator != 0) {
      out.writeByte(separator);
    }
  }

  private static void ascii(String text, ByteWriter out) {
    for (int i = 0; i < text.length(); i++) {
      out.writeByte(text.charAt(i));
    }
  }

  private static void writeQuoted(ByteReader in, ByteWriter out) {
    int length = in.readSize();
    byte[] bytes = in.buffer();
    int start = in.position();
    out.writeByte('"');
    for (int i = start; i < start + length; i++) {
      int c = bytes[i];
      if (c == '"' || c == '\\') {
        out.writeByte('\\');
        out.writeByte(c);
      } else if (c >= 0 && c < ' ') {
        ascii("\\u00", out);
        out.writeByte(HEX[c >> 4]);
        out.writeByte(HEX[c & 0xF]);
      } else {
        out.writeByte(c);
      }
    }

    out.writeByte('"');
    in.skip(length);
  }
}
