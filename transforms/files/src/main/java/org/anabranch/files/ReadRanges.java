package org.anabranch.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.parse.ParsedChanges;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollectionTuple;

/** What reading changes and reading a base share: files in ranges in, {@link ParsedChanges} out. */
final class ReadRanges {

  private ReadRanges() {}

  /** Spreads the ranges of the files over the workers and reads each with {@code fn}. */
  static PCollectionTuple apply(
      PBegin begin, InputFiles files, String step, DoFn<FileRange, KV<TableBucket, byte[]>> fn) {
    return ParsedChanges.spread(
        begin.apply("Files", Create.of(ranges(files)).withCoder(FileRange.RangeCoder.of())),
        step,
        fn);
  }

  private static List<FileRange> ranges(InputFiles files) {
    try {
      return files.ranges();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
