package org.anabranch.transforms.parse;

import java.nio.ByteBuffer;
import org.anabranch.model.Internal;

/**
 * A record as it was read, for those that cannot be processed.
 *
 * @param log topic of the record, or the file of its line
 * @param partition partition of the topic; 0 for a file
 * @param offset offset in the partition, or where the line stands in its file
 * @param timeMicros when the source made the change, in microseconds since the epoch; 0 where it is
 *     not known
 * @param bytes the whole record, in a buffer with an array that may be used again
 */
@Internal
public record RawRecord(
    String log, long partition, long offset, long timeMicros, ByteBuffer bytes) {

  /** A line of a file, or a row, whose time nobody knows. */
  public static RawRecord untimed(String log, long partition, long offset, byte[] bytes) {
    return new RawRecord(log, partition, offset, 0, ByteBuffer.wrap(bytes));
  }

  /** Where the record begins in its array. */
  int from() {
    return bytes.arrayOffset() + bytes.position();
  }

  int length() {
    return bytes.remaining();
  }
}
