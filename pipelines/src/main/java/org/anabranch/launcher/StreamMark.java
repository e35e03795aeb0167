package org.anabranch.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.MapCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;

/**
 * What a checkpoint of an engine knows of a job. How far it has read it does not: that is in the
 * tables.
 *
 * @param startMillis when the last run began, which the next one must be later than
 * @param dueMillis when the next run may begin
 * @param run whose elements are in the engine's state; empty where none is under way
 * @param starts where partitions that were never read start, which the end of a topic has moved
 *     away from since
 */
record StreamMark(long startMillis, long dueMillis, String run, Map<String, Long> starts)
    implements CheckpointMark {

  StreamMark {
    starts = new TreeMap<>(starts);
  }

  /** There is nothing to do: what was read is committed with the tables. */
  @Override
  public void finalizeCheckpoint() {}

  /** Coder: version 1, start, due, run, starts. */
  static final class MarkCoder extends AtomicCoder<StreamMark> {

    private static final long serialVersionUID = 1;
    private static final int VERSION = 1;
    private static final MapCoder<String, Long> STARTS =
        MapCoder.of(StringUtf8Coder.of(), VarLongCoder.of());

    @Override
    public void encode(StreamMark mark, OutputStream out) throws IOException {
      VarIntCoder.of().encode(VERSION, out);
      VarLongCoder.of().encode(mark.startMillis, out);
      VarLongCoder.of().encode(mark.dueMillis, out);
      StringUtf8Coder.of().encode(mark.run, out);
      STARTS.encode(mark.starts, out);
    }

    @Override
    public StreamMark decode(InputStream in) throws IOException {
      int version = VarIntCoder.of().decode(in);
      if (version != VERSION) {
        throw new IOException(
            "a checkpoint must be of version " + VERSION + ", but was of: " + version);
      }

      long start = VarLongCoder.of().decode(in);
      long due = VarLongCoder.of().decode(in);
      String run = StringUtf8Coder.of().decode(in);
      return new StreamMark(start, due, run, STARTS.decode(in));
    }
  }
}
