package org.anabranch.transforms.merge;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IncompatibleWindowException;
import org.apache.beam.sdk.transforms.windowing.NonMergingWindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/**
 * One run of an unbounded pipeline: all its elements, from the slice it reads to its report. It
 * closes when the watermark passes the instant at which the run began, which says nothing of the
 * times of changes: none is ever late.
 */
public final class RunWindow extends BoundedWindow {

  private final String run;
  private final long startMillis;

  /**
   * @param run its name
   * @param startMillis when it began; later than any run before it
   */
  public RunWindow(String run, long startMillis) {
    this.run = run;
    this.startMillis = startMillis;
  }

  public String run() {
    return run;
  }

  @Override
  public Instant maxTimestamp() {
    return Instant.ofEpochMilli(startMillis);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RunWindow window
        && window.run.equals(run)
        && window.startMillis == startMillis;
  }

  @Override
  public int hashCode() {
    return run.hashCode();
  }

  @Override
  public String toString() {
    return run;
  }

  /** Puts each element, keyed by its run, into the window of the run; its time is the start. */
  public static final class OfKey<V> extends NonMergingWindowFn<KV<String, V>, RunWindow> {

    private static final long serialVersionUID = 1;

    @Override
    public Collection<RunWindow> assignWindows(AssignContext context) {
      return List.of(new RunWindow(context.element().getKey(), context.timestamp().getMillis()));
    }

    @Override
    @SuppressWarnings("deprecation") // It must still be there.
    public boolean isCompatible(WindowFn<?, ?> other) {
      return other instanceof OfKey;
    }

    @Override
    public void verifyCompatibility(WindowFn<?, ?> other) throws IncompatibleWindowException {
      if (!(other instanceof OfKey)) {
        throw new IncompatibleWindowException(other, "windows of runs go with their like only");
      }
    }

    @Override
    public Coder<RunWindow> windowCoder() {
      return WindowCoder.INSTANCE;
    }

    @Override
    public WindowMappingFn<RunWindow> getDefaultWindowMappingFn() {
      return new WindowMappingFn<>() {
        @Override
        public RunWindow getSideInputWindow(BoundedWindow main) {
          return (RunWindow) main;
        }
      };
    }
  }

  /** Coder: name of the run, milliseconds since the epoch. */
  static final class WindowCoder extends AtomicCoder<RunWindow> {

    private static final long serialVersionUID = 1;
    static final WindowCoder INSTANCE = new WindowCoder();

    @Override
    public void encode(RunWindow window, OutputStream out) throws IOException {
      StringUtf8Coder.of().encode(window.run, out);
      VarLongCoder.of().encode(window.startMillis, out);
    }

    @Override
    public RunWindow decode(InputStream in) throws IOException {
      String run = StringUtf8Coder.of().decode(in);
      return new RunWindow(run, VarLongCoder.of().decode(in));
    }

    @Override
    public void verifyDeterministic() {}

    @Override
    public boolean consistentWithEquals() {
      return true;
    }
  }
}
