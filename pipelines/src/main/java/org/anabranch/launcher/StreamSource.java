package org.anabranch.launcher;

import java.io.IOException;
import java.util.List;
import org.anabranch.kafka.TopicSlices;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/**
 * The runs of a job without end, one behind the other: each gives its name and what it reads. There
 * is one source however many workers there are, for the next run builds on the tables of the last.
 */
final class StreamSource extends UnboundedSource<KV<String, TopicSlices>, StreamMark> {

  private static final long serialVersionUID = 1;

  private final StreamJob job;

  StreamSource(StreamJob job) {
    this.job = job;
  }

  @Override
  public List<StreamSource> split(int desired, PipelineOptions options) {
    return List.of(this);
  }

  @Override
  public UnboundedReader<KV<String, TopicSlices>> createReader(
      PipelineOptions options, @Nullable StreamMark mark) throws IOException {
    return new StreamReader(this, job, mark);
  }

  @Override
  public Coder<StreamMark> getCheckpointMarkCoder() {
    return new StreamMark.MarkCoder();
  }

  @Override
  public Coder<KV<String, TopicSlices>> getOutputCoder() {
    return KvCoder.of(StringUtf8Coder.of(), TopicSlices.SlicesCoder.of());
  }
}
