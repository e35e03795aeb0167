package org.anabranch.launcher;

import java.util.Map;
import java.util.function.LongSupplier;
import org.anabranch.lake.Progress;
import org.anabranch.pipelines.ChangeSource;

/**
 * What one run reads, fixed before it starts.
 *
 * @param source of the changes
 * @param size of it in {@code unit}
 * @param unit what is counted: bytes of files, records of topics
 * @param bytes the same in bytes, estimated for topics
 * @param text the same for people
 * @param read how far the job has read when the run is committed, see {@link Progress#read}
 */
record Slice(
    ChangeSource source, long size, Unit unit, long bytes, String text, Map<String, Long> read) {

  /** What the extent of a slice is counted in. */
  enum Unit {
    BYTES {
      @Override
      String text(long amount) {
        return ByteText.of(amount);
      }
    },
    RECORDS {
      @Override
      String text(long amount) {
        return amount + (amount == 1 ? " record" : " records");
      }
    };

    abstract String text(long amount);
  }

  Slice {
    read = Map.copyOf(read);
  }

  /** What is committed once the slice is in; the places of its sources are not known yet. */
  Progress progress(Mode mode) {
    return new Progress(Map.of(), read, mode.label() + " of " + text);
  }

  /** Progress through the slice, from what this process has read in all. */
  static LongSupplier since(LongSupplier total) {
    long start = total.getAsLong();
    return () -> total.getAsLong() - start;
  }
}
