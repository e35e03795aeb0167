package org.anabranch.launcher;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.anabranch.kafka.TopicSlices;
import org.anabranch.lake.ComputedTables;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeRun;
import org.anabranch.lake.RunOutcome;
import org.anabranch.pipelines.ChangeSource.TopicRecords;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.io.UnboundedSource.UnboundedReader;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Begins a run, waits until the last of the steps behind it has committed it, ends it and begins
 * the next one with what came meanwhile. So state lies in the tables: a checkpoint of the engine
 * only names the run whose elements are on their way. A reader that goes on from there becomes its
 * owner; where it has ended, or another owns it, what the engine still has of it is dropped and its
 * slice is read again.
 */
final class StreamReader extends UnboundedReader<KV<String, TopicSlices>> {

  /** Engines ask again at once. */
  private static final long PAUSE_MILLIS = 10;

  private final StreamSource source;
  private final StreamJob job;
  private final StreamMonitor monitor;
  private final Lake lake;
  private @Nullable Map<String, Long> starts;
  private @Nullable TopicFeed feed;
  private @Nullable LakeRun run;
  private @Nullable KV<String, TopicSlices> current;
  private long startMillis;
  private long dueMillis;
  private @Nullable SliceCommit commit;
  private boolean isAgain;
  private boolean hasBegun;
  private int rounds;
  private boolean isDone;

  StreamReader(StreamSource source, StreamJob job, @Nullable StreamMark mark) throws IOException {
    this.source = source;
    this.job = job;
    monitor = StreamMonitor.of(job);
    lake = Lake.at(job.target().lake());
    if (mark != null) {
      startMillis = mark.startMillis();
      dueMillis = mark.dueMillis();
      starts = mark.starts();
      run = mark.run().isEmpty() ? null : lake.adopt(mark.run());
    }
  }

  @Override
  public boolean start() throws IOException {
    return advance();
  }

  @Override
  public boolean advance() throws IOException {
    current = null;
    if (isDone || (run != null && !isEnded(run))) {
      pause();
      return false;
    }

    if (monitor.isStopping()) {
      isDone = true;
      return false;
    }

    if (nowMillis() < dueMillis) {
      pause();
      return false;
    }

    return begin();
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a run", e);
    }
  }

  /** Begins the next run; false where there is nothing to read. */
  private boolean begin() throws IOException {
    isAgain |= !UnfinishedRuns.finish(lake, job.pipeline(), monitor.err());
    if (!hasBegun) {
      hasBegun = true;
      isAgain |= ComputedTables.areBehind(lake, job.pipeline());
    }

    dueMillis = nowMillis() + job.batches().every().toMillis();
    Slice slice = feed().next(lake, job.batches().maxRows());
    if (slice == null && !isAgain) {
      isDone = job.batches().untilCaughtUp();
      return false;
    }

    commit = null;
    LakeRun begun = start(slice == null ? 0 : slice.bytes());
    run = begun;
    monitor.running(begun.id());
    isAgain = false;
    startMillis = begun.startedAt().toEpochMilli();
    if (slice != null) {
      begun.setProgress(slice.progress(Mode.STREAM));
    }

    current =
        KV.of(
            begun.id(),
            slice == null ? new TopicSlices(List.of()) : ((TopicRecords) slice.source()).slices());
    return true;
  }

  /** Starts a run later than the last one, as windows of runs want it. */
  private LakeRun start(long bytes) throws IOException {
    while (nowMillis() <= startMillis) {
      pause();
    }

    LakeRun started =
        lake.startRun(
            job.tables().bucketsFor(bytes),
            SliceCommit.rules(job.target(), job.pipeline(), job.tables().sources()),
            job.pipeline());
    SliceCommit.requireInputs(lake, job.pipeline());
    return started;
  }

  private TopicFeed feed() {
    TopicFeed open = feed;
    if (open == null) {
      open = TopicFeed.open(job.topics(), starts);
      feed = open;
      starts = open.starts();
    }

    return open;
  }

  /** Ends the run if its last step has committed it. */
  private boolean isEnded(LakeRun open) throws IOException {
    RunOutcome outcome = open.outcome();
    if (outcome == null) {
      return false;
    }

    SliceCommit committing = commit;
    if (committing == null) {
      committing =
          new SliceCommit(
              lake, job.target(), job.pipeline(), java.time.Instant.ofEpochMilli(startMillis));
      commit = committing;
    }

    Summary summary;
    try (open) {
      run = null;
      summary = committing.summary(open, outcome);
    }

    monitor.running("");
    if (summary != null) {
      summary.requireNoRefusal();
    }

    if (summary == null) {
      rounds++;
      if (rounds == SliceCommit.MAX_ROUNDS) {
        throw new IOException(SliceCommit.inVain(job.target()));
      }

      monitor.err().println(SliceCommit.AGAIN);
      isAgain = true;
      dueMillis = nowMillis();
      return true;
    }

    rounds = 0;
    long behind = feed().behind(lake);
    monitor.committed(summary, summary.read(), seconds(), committing.commitSeconds(), behind);
    if (behind >= job.batches().maxRows() || job.batches().untilCaughtUp()) {
      dueMillis = nowMillis();
    }

    return true;
  }

  /** Since the run began, perhaps with another reader. */
  private double seconds() {
    return (nowMillis() - startMillis) / 1e3;
  }

  private static long nowMillis() {
    return java.time.Instant.now().toEpochMilli();
  }

  @Override
  public KV<String, TopicSlices> getCurrent() {
    if (current == null) {
      throw new NoSuchElementException("no run has begun just now");
    }

    return current;
  }

  @Override
  public Instant getCurrentTimestamp() {
    return Instant.ofEpochMilli(startMillis);
  }

  /** The window of a run closes as soon as its elements are on their way: there are no others. */
  @Override
  public Instant getWatermark() {
    if (isDone) {
      return BoundedWindow.TIMESTAMP_MAX_VALUE;
    }

    return startMillis == 0
        ? BoundedWindow.TIMESTAMP_MIN_VALUE
        : Instant.ofEpochMilli(startMillis + 1);
  }

  @Override
  public StreamMark getCheckpointMark() {
    return new StreamMark(
        startMillis,
        dueMillis,
        run == null ? "" : run.id(),
        Objects.requireNonNullElse(starts, Map.of()));
  }

  @Override
  public UnboundedSource<KV<String, TopicSlices>, ?> getCurrentSource() {
    return source;
  }

  /** Leaves the run that is under way to a reader that goes on from a checkpoint. */
  @Override
  public void close() throws IOException {
    try (lake) {
      if (feed != null) {
        feed.close();
      }

      if (run != null) {
        try (LakeRun left = run) {
          left.leave();
        }
      }
    }
  }
}
