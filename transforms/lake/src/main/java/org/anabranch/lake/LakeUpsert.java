package org.anabranch.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.anabranch.model.Stable;
import org.anabranch.transforms.merge.MergeBuckets;
import org.anabranch.transforms.merge.MergeChanges;
import org.anabranch.transforms.merge.MergeConfig;
import org.anabranch.transforms.merge.PerRun;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.anabranch.transforms.parse.ChangeBatch;
import org.anabranch.transforms.parse.ChangeCollection;
import org.anabranch.transforms.parse.ParsedChanges;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.RunReportCoder;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.transforms.windowing.AfterFirst;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTagList;
import org.jspecify.annotations.Nullable;

/**
 * Merges changes into the tables of a lake; made by {@link LakeIO#upsert}:
 *
 * <pre>{@code
 * changes.apply(LakeIO.upsert().into(LakeConfig.at("/lake/shop")));
 * }</pre>
 *
 * <p>A bounded pipeline commits each table once, in its last step, as one snapshot. Whatever the
 * engine repeats (tasks, the whole pipeline, an evaluation for a second output) is in the tables
 * once. Tables are not committed together: where one is refused, others may be in; the pipeline
 * fails then, and running it again completes it. The program that builds the pipeline must live
 * until it is done: the files of a pipeline whose program is gone count as left behind.
 *
 * <p>With {@link #withTriggeringFrequency} it commits again and again, on any unbounded input and
 * with the Direct and the Flink runner. One worker merges the changes of a table, bucket by bucket,
 * onto the table as it stands, and holds those of an interval in memory, up to 256 MiB, beyond
 * which it commits sooner. How far the input was read is the engine's to know; what it reads twice
 * is in the tables once.
 *
 * <p>Records that could not be processed are rows of the table {@code dead_letters}, too.
 */
@Stable
public final class LakeUpsert extends PTransform<ChangeCollection, LakeCommits> {

  private static final long serialVersionUID = 1;
  private static final int DEFAULT_BUCKETS = 8;
  private static final int MAX_BUCKETS = 4096;

  /** Jobs of upserts that redeliver, by pipeline. */
  private static final Map<Pipeline, Set<String>> REDELIVERING =
      Collections.synchronizedMap(new WeakHashMap<>());

  /**
   * Batches in a pane at most, of half a mebibyte or a record each: a backlog is committed in parts
   * that memory can hold.
   */
  private static final int MAX_PANE = 500;

  private static final Duration DEFAULT_RETENTION = Duration.ofDays(7);

  static final LakeUpsert DEFAULT = new LakeUpsert(new Draft());

  private final transient @Nullable LakeConfig lake;
  private final transient @Nullable LakeJob job;
  private final transient String jobName;
  private final transient boolean redelivers;
  private final transient Policy schemas;
  private final transient int buckets;
  private final transient int keepVersions;
  private final transient Duration tombstoneRetention;
  private final transient @Nullable Duration frequency;

  private LakeUpsert(Draft draft) {
    lake = draft.lake;
    job = draft.job;
    jobName = draft.jobName;
    redelivers = draft.redelivers;
    schemas = draft.schemas;
    buckets = draft.buckets;
    keepVersions = draft.keepVersions;
    tombstoneRetention = draft.tombstoneRetention;
    frequency = draft.frequency;
  }

  /** One that is being made. */
  private static final class Draft {
    private @Nullable LakeConfig lake;
    private @Nullable LakeJob job;
    private String jobName = "";
    private boolean redelivers;
    private Policy schemas = Policy.EVOLVE;
    private int buckets = DEFAULT_BUCKETS;
    private int keepVersions = UpkeepSettings.DEFAULT.keepVersions();
    private Duration tombstoneRetention = DEFAULT_RETENTION;
    private @Nullable Duration frequency;
  }

  private LakeUpsert with(Consumer<Draft> change) {
    Draft draft = new Draft();
    draft.lake = lake;
    draft.job = job;
    draft.jobName = jobName;
    draft.redelivers = redelivers;
    draft.schemas = schemas;
    draft.buckets = buckets;
    draft.keepVersions = keepVersions;
    draft.tombstoneRetention = tombstoneRetention;
    draft.frequency = frequency;
    change.accept(draft);
    return new LakeUpsert(draft);
  }

  /** Where the tables are. Required. */
  public LakeUpsert into(LakeConfig config) {
    return with(
        draft -> {
          draft.lake = config;
          draft.job = null;
        });
  }

  /**
   * Where the tables of a job are, with which how far it has read is committed. Its source must be
   * in the same pipeline, which must be bounded: with a triggering frequency the place is the
   * engine's to know. Default: nothing of the input is remembered.
   */
  public LakeUpsert into(LakeJob of) {
    return with(
        draft -> {
          draft.lake = of.lake();
          draft.job = of;
          draft.jobName = of.name();
        });
  }

  /**
   * Name that the versions of the tables tell, in the summaries of their snapshots ({@code
   * anabranch.pipeline}). Default: none, or that of the job it goes into.
   */
  public LakeUpsert withJob(String called) {
    return with(draft -> draft.jobName = called);
  }

  /**
   * Gives commits again, in the next pipeline of the same job, until {@link
   * LakeCommits#acknowledgeAfter} has taken them. For a bounded pipeline that does more with its
   * commits: it may fail behind them, when the tables have changed already. Default: each pipeline
   * gives its own. Commits of others to a table are given too, from the first commit of the job to
   * it on. Costs a tag per table, {@code anabranch.given.JOB} or {@code anabranch.made.JOB}: upkeep
   * keeps its version and all after it, so a job that is not run any more leaves its tags to be
   * dropped ({@code ALTER TABLE orders DROP TAG `anabranch.given.shop`}).
   *
   * <p>One upsert per pipeline may have the job. Known limits: where another program expires
   * versions that are not acknowledged, a row that came and went in them does not come out again,
   * nor does its delete; where a table is moved that has such versions, all its rows come as new.
   */
  public LakeUpsert withRedelivery() {
    return with(draft -> draft.redelivers = true);
  }

  /**
   * What becomes of the schemas of stored tables. Default: {@link Policy#EVOLVE}, columns are added
   * and types widen as the rows need it, where a widened type rewrites the table. With {@link
   * Policy#FAIL} the pipeline fails instead. With {@link Policy#IGNORE}, which is for parsed
   * records of bounded pipelines, stored tables keep their columns: others are left out, and
   * records whose values do not fit are dead letters.
   */
  public LakeUpsert withSchemaEvolution(Policy policy) {
    return with(draft -> draft.schemas = policy);
  }

  /**
   * Number of buckets of tables that are made, 1 to 4096; a stored table keeps its own. Default: 8.
   * A bucket is merged by one worker, which holds its changes in memory; every commit that touches
   * it adds a file. One for each 48 MiB of a table is a good measure.
   */
  public LakeUpsert withBuckets(int number) {
    if (number < 1 || number > MAX_BUCKETS) {
      throw new IllegalArgumentException("buckets must be between 1 and 4096, but was: " + number);
    }

    return with(draft -> draft.buckets = number);
  }

  /**
   * Newest versions of each table that stay readable, at least 1. Default: 100. Each keeps the
   * files that only it needs. Every 20 versions the pipeline removes older ones.
   */
  public LakeUpsert withKeepVersions(int number) {
    UpkeepSettings checked = new UpkeepSettings(number, Duration.ZERO);
    return with(draft -> draft.keepVersions = checked.keepVersions());
  }

  /**
   * How long, in the time of the source, deletes are remembered, so that an older change that comes
   * late does not bring a row back. Default: 7 days. Costs a record beside the rows per delete.
   */
  public LakeUpsert withTombstoneRetention(Duration retention) {
    if (retention.isNegative()) {
      throw new IllegalArgumentException("a retention must not be negative, but was: " + retention);
    }

    return with(draft -> draft.tombstoneRetention = retention);
  }

  /**
   * Commits again and again: each table so long after the first change that it has not committed
   * yet. Default: never but at the end, which only a bounded input has; an unbounded one needs
   * this. A shorter time makes more and smaller files and versions; a minute is a good measure.
   */
  public LakeUpsert withTriggeringFrequency(Duration interval) {
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException(
          "a triggering frequency must be more than nothing, but was: " + interval);
    }

    return with(draft -> draft.frequency = interval);
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    super.populateDisplayData(builder);
    if (lake != null) {
      builder.add(DisplayData.item("warehouse", lake.root()));
      builder.add(DisplayData.item("catalog", lake.type()));
    }

    builder.add(DisplayData.item("schema evolution", schemas.name()));
    builder.add(DisplayData.item("buckets", buckets));
    builder.add(DisplayData.item("versions kept", keepVersions));
    builder.add(DisplayData.item("tombstone retention", tombstoneRetention.toString()));
    builder.addIfNotDefault(DisplayData.item("job", jobName), "");
    builder.addIfNotDefault(DisplayData.item("redelivery", redelivers), false);
    builder.addIfNotNull(
        DisplayData.item("triggering frequency", frequency == null ? null : frequency.toString()));
  }

  @Override
  public LakeCommits expand(ChangeCollection changes) {
    if (lake == null) {
      throw new IllegalArgumentException("an upsert needs a lake: into(LakeConfig.at(DIRECTORY))");
    }

    UpsertConfig config =
        new UpsertConfig(
            lake,
            schemas,
            buckets,
            keepVersions,
            tombstoneRetention,
            changes.declared(),
            jobName,
            redelivers);
    if (redelivers && jobName.isEmpty()) {
      throw new IllegalArgumentException(
          "redelivery needs a job, whose next pipeline gives the commits again: withJob(NAME)");
    }

    if (redelivers && frequency != null) {
      throw new IllegalArgumentException(
          "a pipeline that commits again and again remembers in the engine's state what it has given:"
              + " no redelivery, or no triggering frequency");
    }

    if (redelivers) {
      requireFirst(changes.getPipeline(), config);
    }

    if (frequency != null && job != null) {
      throw new IllegalArgumentException(
          "the place of a pipeline that commits again and again is the engine's, not that of job '%s':"
                  .formatted(job.name())
              + " into(LakeConfig), or no triggering frequency");
    }

    if (frequency != null && schemas == Policy.IGNORE) {
      throw new IllegalArgumentException(
          "a pipeline that commits again and again does not know the tables that it makes: schema"
              + " evolution must be EVOLVE or FAIL, but was: IGNORE");
    }

    if (frequency != null) {
      return byPanes(changes, config, frequency);
    }

    if (changes.changes().isBounded() == PCollection.IsBounded.UNBOUNDED) {
      throw new IllegalArgumentException(
          "an upsert of unbounded changes commits again and again, so it needs to know how often:"
              + " withTriggeringFrequency(Duration.ofMinutes(1))");
    }

    return bounded(changes, config, job == null ? Progress.NONE : job.takeProgress());
  }

  /** Two of a job would each acknowledge what the other has not given yet. */
  private static void requireFirst(Pipeline pipeline, UpsertConfig config) {
    String known = config.lake().root() + " " + config.job();
    if (!REDELIVERING.computeIfAbsent(pipeline, any -> ConcurrentHashMap.newKeySet()).add(known)) {
      throw new IllegalArgumentException(
          "one upsert of a pipeline redelivers the commits of job '%s' into %s: give each a job of its own"
              .formatted(config.job(), config.lake().root()));
    }
  }

  private static LakeCommits byPanes(
      ChangeCollection changes, UpsertConfig config, Duration frequency) {
    requireTriggers(changes);
    Trigger pane =
        AfterFirst.of(
            AfterProcessingTime.pastFirstElementInPane()
                .plusDelayOf(org.joda.time.Duration.millis(frequency.toMillis())),
            AfterPane.elementCountAtLeast(MAX_PANE));
    return new LakeCommits(
        config,
        changes
            .changes()
            .apply("By table", WithKeys.of(ChangeBatch::table))
            .setCoder(KvCoder.of(StringUtf8Coder.of(), ChangeBatch.BatchCoder.of()))
            .apply(
                "Panes",
                Window.<KV<String, ChangeBatch>>into(new GlobalWindows())
                    .triggering(Repeatedly.forever(pane))
                    .discardingFiredPanes()
                    .withAllowedLateness(org.joda.time.Duration.ZERO))
            .apply("Group by table", GroupByKey.create())
            .apply("Merge and commit", ParDo.of(new UpsertPaneFn(config, look(changes, config))))
            .setCoder(new TableCommitted.CommittedCoder()));
  }

  /** Looks at the tables as they are when the pipeline is built; gives their versions. */
  private static Map<String, Long> look(ChangeCollection changes, UpsertConfig config) {
    Map<String, Long> versions = new TreeMap<>();
    try (Lake lake = Lake.at(config.lake())) {
      changes.into(config.lake().root(), lake.look(), config.rules().schemaChanges());
      lake.tables().forEach(table -> versions.put(table.table(), table.version()));
      return versions;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** On the classic Spark runner unbounded inputs lose records, see apache/beam #23129. */
  private static void requireTriggers(ChangeCollection changes) {
    boolean isUnbounded = changes.changes().isBounded() == PCollection.IsBounded.UNBOUNDED;
    String runner = changes.getPipeline().getOptions().getRunner().getSimpleName();
    if (isUnbounded && runner.startsWith("Spark")) {
      throw new IllegalArgumentException(
          runner
              + " loses records of unbounded inputs that are grouped: use Flink, or bounded"
              + " pipelines one after the other");
    }
  }

  private static LakeCommits bounded(
      ChangeCollection changes, UpsertConfig config, Progress progress) {
    LakeRun run = start(config, progress);
    changes.into(config.lake().root(), run.store(), config.rules().schemaChanges());
    GuestRuns runs = new GuestRuns(run.scope());
    PerRun<MergeConfig> merging = PerRun.of(runs, scope -> config.merging(scope.store()));
    PCollectionTuple split =
        ParsedChanges.withCoders(
            changes
                .changes()
                .apply(
                    "Split by bucket",
                    ParDo.of(new SplitFn(merging))
                        .withOutputTags(
                            ParsedChanges.BATCHES, TupleTagList.of(ParsedChanges.REPORTS))));
    PCollection<RunReport> declared =
        changes
            .getPipeline()
            .apply(
                changes.changes().getName() + "/Declared tables",
                Create.of(config.declaredReport(run.store())).withCoder(RunReportCoder.of()));
    PCollection<RunReport> seen =
        PCollectionList.of(split.get(ParsedChanges.REPORTS))
            .and(declared)
            .apply("Seen", Flatten.pCollections());
    PCollection<String> once =
        changes
            .getPipeline()
            .apply(
                changes.changes().getName() + "/Run",
                Create.of(run.id()).withCoder(StringUtf8Coder.of()));
    return new LakeCommits(
        config,
        PCollectionTuple.of(MergeBuckets.RUN, once)
            .and(ParsedChanges.REPORTS, seen)
            .and(ParsedChanges.BATCHES, split.get(ParsedChanges.BATCHES))
            .apply("Tables", MergeChanges.of(runs, config.declared(), CommitRuns.of(config, run))));
  }

  private static LakeRun start(UpsertConfig config, Progress progress) {
    try {
      LakeRun run =
          OpenRuns.start(config.lake(), config.buckets(), config.rules(), config.pipeline());
      run.setProgress(progress);
      config.merging(run.store());
      return run;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
