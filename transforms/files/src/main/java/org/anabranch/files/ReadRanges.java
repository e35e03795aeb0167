package org.anabranch.files;

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
        begin.apply("Files", Create.of(files.ranges()).withCoder(FileRange.RangeCoder.of())),
        step,
        fn);
  }
}
