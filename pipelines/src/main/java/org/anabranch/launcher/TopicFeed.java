package org.anabranch.launcher;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.kafka.EndAt;
import org.anabranch.kafka.JobProgress;
import org.anabranch.kafka.ReadProgress;
import org.anabranch.kafka.StartAt;
import org.anabranch.kafka.TopicIds;
import org.anabranch.kafka.TopicIds.MadeAnewException;
import org.anabranch.kafka.TopicSlices;
import org.anabranch.kafka.Topics;
import org.anabranch.kafka.UnreachableBrokerException;
import org.anabranch.lake.Archive;
import org.anabranch.lake.Lake;
import org.anabranch.launcher.Slice.Unit;
import org.anabranch.pipelines.ChangeSource.TopicRecords;
import org.jspecify.annotations.Nullable;

/** Kafka topics, of which a job reads what it has not read yet: see {@link JobProgress}. */
final class TopicFeed implements Feed {

  /** Of an ordinary change event, to guess how many buckets a new table needs. */
  static final int RECORD_BYTES = 600;

  private final TopicOptions options;
  private final Topics topics;

  /** Ids of topics that the tables do not know yet. */
  private Map<String, Long> toRemember = Map.of();

  /** Where partitions without progress start; null until it was asked for, once: the end moves. */
  private @Nullable Map<String, Long> starts;

  private TopicFeed(TopicOptions options, Topics topics, @Nullable Map<String, Long> starts) {
    this.options = options;
    this.topics = topics;
    this.starts = starts;
  }

  /**
   * Connects to the broker.
   *
   * @throws RunFailedException where none answers, or there is no such topic
   */
  static TopicFeed open(TopicOptions options) {
    return open(options, null);
  }

  /**
   * The same for a job that goes on.
   *
   * @param starts where partitions without progress start, from {@link #starts}; null: not known
   *     yet
   */
  static TopicFeed open(TopicOptions options, @Nullable Map<String, Long> starts) {
    try {
      TopicFeed feed = new TopicFeed(options, Topics.connect(options.kafka()), starts);
      feed.topics.matching(options.topics());
      return feed;
    } catch (UnreachableBrokerException | IllegalArgumentException e) {
      throw new RunFailedException(Reasons.ofMessage(e), e);
    }
  }

  @Override
  public Slice everything(Lake lake) throws IOException {
    JobProgress progress = progress(known(lake));
    StartAt from = options.from() == null ? StartAt.progress() : options.from();
    return slice(slices(from, progress, options.to()), from, progress);
  }

  /**
   * What the next run of a job that runs again and again reads.
   *
   * @param lake knows how far the job has come
   * @param maxRows most records of the slice
   * @return null where there is nothing new
   */
  @Nullable Slice next(Lake lake, long maxRows) throws IOException {
    JobProgress progress = progress(known(lake)).orElse(starts());
    StartAt from = StartAt.progress();
    TopicSlices all = slices(from, progress, EndAt.now());
    return all.isEmpty() ? null : slice(all.limitedTo(maxRows), from, progress);
  }

  /** A slice without records, for tables that are to be computed again. */
  Slice nothing() {
    return slice(new TopicSlices(List.of()), StartAt.progress(), progress(Map.of()));
  }

  /** How many records there are behind what is committed. */
  long behind(Lake lake) throws IOException {
    return waiting(lake).records();
  }

  /** What there is behind what is committed: all of it where nothing is yet. */
  TopicSlices waiting(Lake lake) throws IOException {
    JobProgress progress = progress(known(lake)).orElse(starts());
    return slices(StartAt.progress(), progress, EndAt.now());
  }

  /** How many records there are behind a slice by now. */
  long behind(Slice slice) {
    return slices(StartAt.progress(), progress(slice.read()), EndAt.now()).records();
  }

  /**
   * Where partitions without progress start. One that is added later is not among them: all its
   * records came after the job began.
   */
  Map<String, Long> starts() {
    if (starts == null) {
      Map<String, Long> found = new TreeMap<>();
      if (options.from() != null) {
        slices(options.from(), progress(Map.of()), EndAt.now())
            .slices()
            .forEach(slice -> found.put(slice.name(), slice.start()));
      }

      starts = found;
    }

    return starts;
  }

  @Override
  public long read() {
    return ReadProgress.recordsRead();
  }

  @Override
  public void close() {
    topics.close();
  }

  /**
   * Refuses topics that were made anew since a warehouse archived them: it would take their records
   * for those of before.
   */
  void requireArchivedIn(Lake lake) throws IOException {
    Map<String, Long> ends = Archive.ends(lake);
    if (!ends.isEmpty()) {
      Map<String, Long> places = lake.places();
      Map<String, String> ids = ids();
      requireSame(() -> TopicIds.requireSame(places, ids));
    }

    try {
      topics.slices(topics.matching(options.topics()), StartAt.earliest(), ends, EndAt.now());
    } catch (IllegalStateException | IllegalArgumentException e) {
      throw new RunFailedException(
          "the archive is of other records: " + Reasons.ofMessage(e) + " and another warehouse", e);
    }
  }

  private TopicSlices slices(StartAt start, JobProgress progress, EndAt end) {
    try {
      return topics.slices(topics.matching(options.topics()), start, progress.offsets(), end);
    } catch (IllegalStateException | IllegalArgumentException e) {
      throw new RunFailedException(Reasons.ofMessage(e), e);
    }
  }

  private Slice slice(TopicSlices slices, StartAt from, JobProgress progress) {
    Map<String, Long> read = new TreeMap<>(progress.after(slices, from));
    if (!read.isEmpty()) {
      read.putAll(toRemember);
    }

    long records = slices.records();
    int partitions = slices.slices().size();
    return new Slice(
        new TopicRecords(options.kafka(), slices),
        records,
        Unit.RECORDS,
        records * RECORD_BYTES,
        "%s of %d partition%s"
            .formatted(Unit.RECORDS.text(records), partitions, partitions == 1 ? "" : "s"),
        read);
  }

  /** What the tables know of jobs; of topics that were made anew it would be of other records. */
  private Map<String, Long> known(Lake lake) throws IOException {
    Map<String, Long> places = lake.places();
    Map<String, String> ids = ids();
    requireSame(() -> TopicIds.requireSame(options.job(), places, ids));
    toRemember = TopicIds.toRemember(options.job(), places, ids);
    return places;
  }

  private Map<String, String> ids() {
    try {
      return topics.ids(topics.matching(options.topics()));
    } catch (IllegalStateException | IllegalArgumentException e) {
      throw new RunFailedException(Reasons.ofMessage(e), e);
    }
  }

  private static void requireSame(Runnable check) {
    try {
      check.run();
    } catch (MadeAnewException e) {
      throw new RunFailedException(
          "%s (--job=NAME), or forget how far this one has come (anabranch reset %s)"
              .formatted(e.getMessage(), e.job()),
          e);
    }
  }

  private JobProgress progress(Map<String, Long> places) {
    return JobProgress.of(options.job(), places);
  }
}
