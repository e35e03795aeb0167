package org.anabranch.transforms.archive;

import java.util.List;
import org.anabranch.transforms.parse.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record of a log as it was received.
 *
 * @param topic its topic
 * @param partition number of its partition, from 0
 * @param offset its place in the partition
 * @param timestampMillis time the log has for it, milliseconds since the epoch; null where none
 * @param key bytes of its key; null where it has none
 * @param value bytes of its value; null for a tombstone
 * @param headers in their order, names may repeat
 */
@SuppressWarnings("ArrayRecordComponent") // Large; handed on, never compared or changed.
public record LogRecord(
    String topic,
    int partition,
    long offset,
    @Nullable Long timestampMillis,
    byte @Nullable [] key,
    byte @Nullable [] value,
    List<Header> headers) {

  /** A header of a record. */
  @SuppressWarnings("ArrayRecordComponent") // The same.
  public record Header(String name, byte @Nullable [] value) {}

  /** The headers as a parser asks for them. */
  public RecordHeaders recordHeaders() {
    return headers.isEmpty() ? RecordHeaders.NONE : new Named(headers);
  }

  private record Named(List<Header> headers) implements RecordHeaders {

    @Override
    public boolean has(String name) {
      return headers.stream().anyMatch(header -> header.name().equals(name));
    }

    @Override
    public byte @Nullable [] last(String name) {
      byte[] last = null;
      for (Header header : headers) {
        if (header.name().equals(name)) {
          last = header.value();
        }
      }

      return last;
    }
  }
}
