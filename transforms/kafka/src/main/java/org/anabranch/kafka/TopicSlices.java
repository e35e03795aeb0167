package org.anabranch.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.model.Internal;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.VarIntCoder;

/**
 * What a run reads: a slice of each partition, fixed when the run is launched. A partition without
 * anything to read has an empty slice, so that it is known how far it was read.
 */
@Internal
public record TopicSlices(List<TopicSlice> slices) implements Serializable {

  public TopicSlices {
    slices = List.copyOf(slices);
  }

  /** How many records are in it at most. */
  public long records() {
    return slices.stream().mapToLong(TopicSlice::records).sum();
  }

  /** Whether there is nothing to read. */
  public boolean isEmpty() {
    return slices.stream().allMatch(slice -> slice.records() == 0);
  }

  /** Next offset by {@code TOPIC/PARTITION} once all of it is read. */
  public Map<String, Long> progress() {
    Map<String, Long> progress = new TreeMap<>();
    slices.forEach(slice -> progress.put(slice.name(), slice.end()));
    return progress;
  }

  /**
   * The first records of each partition, at most so many in all. Short slices are kept whole and
   * the others are cut to the same length; where there are fewer rows than partitions the longest
   * slices get one each, so that none is passed over forever.
   *
   * @throws IllegalArgumentException for less than one row
   */
  public TopicSlices limitedTo(long maxRows) {
    if (maxRows < 1) {
      throw new IllegalArgumentException("rows must be at least 1, but was: " + maxRows);
    }

    if (records() <= maxRows) {
      return this;
    }

    List<Integer> shortestFirst = new ArrayList<>();
    for (int i = 0; i < slices.size(); i++) {
      shortestFirst.add(i);
    }

    shortestFirst.sort(Comparator.comparingLong(i -> slices.get(i).records()));
    List<TopicSlice> cut = new ArrayList<>(slices);
    long left = maxRows;
    int open = slices.size();
    for (int i : shortestFirst) {
      TopicSlice slice = slices.get(i);
      long rows = Math.min(slice.records(), left / open);
      cut.set(
          i, new TopicSlice(slice.topic(), slice.partition(), slice.start(), slice.start() + rows));
      left -= rows;
      open--;
    }

    return new TopicSlices(cut);
  }

  List<TopicSlice> parts(long offsets) {
    return slices.stream().flatMap(slice -> slice.parts(offsets).stream()).toList();
  }

  /** Coder: number of slices, then each. */
  public static final class SlicesCoder extends AtomicCoder<TopicSlices> {

    private static final long serialVersionUID = 1;
    private static final SlicesCoder INSTANCE = new SlicesCoder();

    private SlicesCoder() {}

    public static SlicesCoder of() {
      return INSTANCE;
    }

    @Override
    public void encode(TopicSlices value, OutputStream out) throws IOException {
      VarIntCoder.of().encode(value.slices().size(), out);
      for (TopicSlice slice : value.slices()) {
        TopicSlice.SliceCoder.of().encode(slice, out);
      }
    }

    @Override
    public TopicSlices decode(InputStream in) throws IOException {
      List<TopicSlice> slices = new ArrayList<>();
      for (int left = VarIntCoder.of().decode(in); left > 0; left--) {
        slices.add(TopicSlice.SliceCoder.of().decode(in));
      }

      return new TopicSlices(slices);
    }
  }
}
