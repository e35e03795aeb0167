package org.anabranch.transforms.archive;

import java.util.List;
import org.anabranch.model.Stable;
import org.anabranch.transforms.parse.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record of a log as it was received, or lines of a file.
 *
 * @param topic its topic; of lines, the path of their file
 * @param partition number of its partition, from 0; {@link #NO_PARTITION} for lines
 * @param offset its place in the partition; of lines, that of the first byte in the decoded file
 * @param timestampMillis time the log has for it, milliseconds since the epoch; null where none
 * @param key bytes of its key; null where it has none
 * @param value bytes of its value; null for a tombstone
 * @param headers in their order, names may repeat
 */
@SuppressWarnings("ArrayRecordComponent") // Large; handed on, never compared or changed.
@Stable
public record LogRecord(
    String topic,
    int partition,
    long offset,
    @Nullable Long timestampMillis,
    byte @Nullable [] key,
    byte @Nullable [] value,
    List<Header> headers) {

  /** Partition of lines of a file, which has none. */
  public static final int NO_PARTITION = -1;

  /**
   * Lines of a file.
   *
   * @param file its path
   * @param offset of their first byte in the decoded file
   * @param lines whole lines, each ended by a line feed, the last one perhaps not
   */
  public static LogRecord lines(String file, long offset, byte[] lines) {
    return new LogRecord(file, NO_PARTITION, offset, null, null, lines, List.of());
  }

  /** Whether the value is lines of a file rather than one value of a topic. */
  public boolean isLines() {
    return partition == NO_PARTITION;
  }

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
