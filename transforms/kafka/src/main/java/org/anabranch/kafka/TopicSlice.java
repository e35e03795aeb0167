package org.anabranch.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.anabranch.model.Internal;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;

/**
 * Part of a partition.
 *
 * @param topic its topic
 * @param partition its number, from 0
 * @param start first offset
 * @param end offset behind the last one; not every offset between the two has a record
 */
@Internal
public record TopicSlice(String topic, int partition, long start, long end)
    implements Serializable {

  public TopicSlice {
    if (start < 0 || end < start) {
      throw new IllegalArgumentException(
          "a slice must go from 0 or more to no less, but was: %s from %d to %d"
              .formatted(name(topic, partition), start, end));
    }
  }

  /** {@code TOPIC/PARTITION}, under which progress is kept. */
  public static String name(String topic, int partition) {
    return topic + "/" + partition;
  }

  /** {@code TOPIC/PARTITION}, under which progress is kept. */
  public String name() {
    return name(topic, partition);
  }

  /** How many records are in it at most. */
  public long records() {
    return end - start;
  }

  /** The same slice in parts of at most so many offsets. */
  List<TopicSlice> parts(long offsets) {
    List<TopicSlice> parts = new ArrayList<>();
    for (long from = start; from < end; from += offsets) {
      parts.add(new TopicSlice(topic, partition, from, Math.min(end, from + offsets)));
    }

    return parts;
  }

  @Override
  public String toString() {
    return name() + ":" + start + "-" + end;
  }

  /** Coder: topic, partition, start, end. */
  public static final class SliceCoder extends AtomicCoder<TopicSlice> {

    private static final long serialVersionUID = 1;
    private static final SliceCoder INSTANCE = new SliceCoder();

    private SliceCoder() {}

    public static SliceCoder of() {
      return INSTANCE;
    }

    @Override
    public void encode(TopicSlice value, OutputStream out) throws IOException {
      StringUtf8Coder.of().encode(value.topic(), out);
      VarIntCoder.of().encode(value.partition(), out);
      VarLongCoder.of().encode(value.start(), out);
      VarLongCoder.of().encode(value.end(), out);
    }

    @Override
    public TopicSlice decode(InputStream in) throws IOException {
      String topic = StringUtf8Coder.of().decode(in);
      int partition = VarIntCoder.of().decode(in);
      long start = VarLongCoder.of().decode(in);
      return new TopicSlice(topic, partition, start, VarLongCoder.of().decode(in));
    }
  }
}
