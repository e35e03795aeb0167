package org.anabranch.transforms.parse;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Stable;
import org.anabranch.model.Values;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.jspecify.annotations.Nullable;

/**
 * A stored dead letter.
 *
 * @param values of {@link DeadLetters#COLUMNS}, in their order
 */
@Stable
public record DeadLetter(List<@Nullable Object> values) {

  /** Reads the values of all columns, one after the other. */
  public static DeadLetter read(ByteReader in) {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < DeadLetters.COLUMNS.size(); i++) {
      values.add(Values.read(in));
    }

    return new DeadLetter(values);
  }

  private @Nullable Object value(String column) {
    return values.get(DeadLetters.COLUMNS.indexOf(column));
  }

  private long number(String column) {
    Object value = value(column);
    return value == null ? 0 : ((Number) value).longValue();
  }

  private byte @Nullable [] bytes(String column) {
    ByteBuffer value = (ByteBuffer) value(column);
    if (value == null) {
      return null;
    }

    byte[] bytes = new byte[value.remaining()];
    value.duplicate().get(bytes);
    return bytes;
  }

  public String log() {
    return String.valueOf(value("log"));
  }

  public long partition() {
    return number("partition");
  }

  public long offset() {
    return number("offset");
  }

  public String reason() {
    return String.valueOf(value("reason"));
  }

  long checksum() {
    return number("checksum");
  }

  /** The record's bytes, or the first of a long one. */
  public byte[] bytes() {
    return raw();
  }

  /** Table it was meant for; null where that is not known. */
  public @Nullable String table() {
    return (String) value("table");
  }

  /** One line for people. */
  public String detail() {
    return String.valueOf(value("detail"));
  }

  /** Whether no run has resolved it yet. */
  public boolean isOpen() {
    return value("resolved_at") == null;
  }

  /** Whether all of the record is kept. */
  public boolean isWhole() {
    return value("raw_sha256") == null;
  }

  byte[] raw() {
    byte[] raw = bytes("raw");
    return raw == null ? new byte[0] : raw;
  }

  /**
   * Whether it is a record of a log, of which key and headers are kept beside the value; else it is
   * a line. Earlier versions did not say: their files have absolute paths.
   */
  boolean isRecord() {
    Object form = value("form");
    if (form != null) {
      return form.equals(DeadLetters.RECORD);
    }

    boolean isWrapped = new String(raw(), StandardCharsets.UTF_8).contains("\"topic\"");
    return !log().startsWith("/") && !isWrapped;
  }

  byte @Nullable [] recordKey() {
    return bytes("record_key");
  }

  /** Milliseconds since the epoch. */
  @Nullable Long logTimeMillis() {
    Object time = value("log_time");
    return time == null ? null : ((Instant) time).toEpochMilli();
  }

  RecordHeaders headers() {
    byte[] oldKey = bytes("header_oldkey");
    boolean hasNewKey = Boolean.TRUE.equals(value("header_newkey"));
    return new RecordHeaders() {
      @Override
      public boolean has(String name) {
        return name.equals(HeaderReader.NEW_KEY) ? hasNewKey : last(name) != null;
      }

      @Override
      public byte @Nullable [] last(String name) {
        return name.equals(HeaderReader.OLD_KEY) ? oldKey : null;
      }
    };
  }

  /** Coder: the encoded values of {@link DeadLetters#COLUMNS} one after the other, as one array. */
  public static final class LetterCoder extends AtomicCoder<DeadLetter> {

    private static final long serialVersionUID = 1;
    private static final LetterCoder INSTANCE = new LetterCoder();

    private LetterCoder() {}

    public static LetterCoder of() {
      return INSTANCE;
    }

    @Override
    public void encode(DeadLetter letter, OutputStream out) throws IOException {
      ByteWriter row = new ByteWriter(1024);
      letter.values.forEach(value -> Values.write(row, value));
      ByteArrayCoder.of().encode(row.toByteArray(), out);
    }

    @Override
    public DeadLetter decode(InputStream in) throws IOException {
      return read(new ByteReader(ByteArrayCoder.of().decode(in)));
    }
  }
}
