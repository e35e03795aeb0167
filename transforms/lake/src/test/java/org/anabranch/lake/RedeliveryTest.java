package org.anabranch.lake;

import static org.anabranch.lake.LakeIoTest.order;
import static org.anabranch.lake.LakeIoTest.stored;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.parse.ChangeCollection;
import org.anabranch.transforms.parse.DeclaredTables;
import org.anabranch.transforms.parse.Limits;
import org.anabranch.transforms.report.RunReport;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.ExpireSnapshots;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.Transaction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commits of a job come out until they are acknowledged, whatever becomes of its pipelines. */
class RedeliveryTest {

  /** What came out; the Direct runner works in this process. */
  private static final Queue<ChangedRow> SENT = new ConcurrentLinkedQueue<>();

  /** What who gets the changed rows has made of them. */
  private final Map<Object, Object> receiver = new TreeMap<>();

  @TempDir private Path directory;

  @BeforeEach
  void nothing() {
    SENT.clear();
  }

  private static ChangeCollection orders(Pipeline pipeline, Row... rows) {
    return pipeline
        .apply(Create.of(List.of(rows)).withRowSchema(LakeIoTest.ORDERS))
        .apply(LakeIoTest.orders());
  }

  private LakeUpsert upsert() {
    return LakeIO.upsert().into(LakeConfig.at(directory)).withBuckets(2);
  }

  /** A pipeline of the job, which sends what has changed. */
  private void send(boolean fails, Row... rows) {
    Pipeline pipeline = LakeIoTest.pipeline();
    LakeCommits commits = orders(pipeline, rows).apply(upsert().withJob("shop").withRedelivery());
    PCollection<String> sent =
        commits.changedRows("orders").apply("Send", ParDo.of(new SendFn(fails)));
    commits.acknowledgeAfter(sent);
    if (fails) {
      assertThrows(
          Pipeline.PipelineExecutionException.class, () -> pipeline.run().waitUntilFinish());
      SENT.clear();
    } else {
      pipeline.run().waitUntilFinish();
    }
  }

  private void others(Row... rows) {
    Pipeline pipeline = LakeIoTest.pipeline();
    orders(pipeline, rows).apply(upsert());
    pipeline.run().waitUntilFinish();
  }

  /** Has the receiver take what was sent, in the order of versions. */
  private void receive() {
    SENT.stream()
        .sorted(Comparator.comparingLong(ChangedRow::version))
        .forEach(
            changed -> {
              Long id = changed.key().getInt64("id");
              Row before = changed.before();
              Row after = changed.after();
              String known = before == null ? null : before.getString("status");
              assertThat(receiver.get(id), is(known));
              if (after == null) {
                receiver.remove(id);
              } else {
                receiver.put(id, after.getString("status"));
              }
            });
    SENT.clear();
  }

  @Test
  void whatAPipelineHasCommittedThatFailedBehindComesOutOfTheNext() throws IOException {
    send(true, order(1, "a", 1, "c"), order(2, "b", 1, "c"));
    assertThat(stored(directory), equalTo(Map.of(1L, "a", 2L, "b")));
    others(order(3, "c", 1, "c"));

    send(false, order(1, "A", 2, "u"));
    receive();
    assertThat(receiver, equalTo(stored(directory)));

    send(false, order(1, "A", 2, "u"));
    assertThat(List.copyOf(SENT), empty());

    others(order(1, "x", 3, "d"));
    send(true, order(2, "B", 2, "u"));
    send(false, order(4, "d", 1, "c"));
    receive();
    assertThat(stored(directory), equalTo(Map.of(2L, "B", 3L, "c", 4L, "d")));
    assertThat(receiver, equalTo(stored(directory)));
  }

  @Test
  void theVersionThatIsAcknowledgedStaysWhenThoseAfterItExpire() throws IOException {
    send(false, order(1, "a", 1, "c"), order(2, "b", 1, "c"));
    receive();
    send(true, order(1, "x", 2, "d"));
    send(true, order(3, "c", 1, "c"));
    expireBefore(3);
    send(false, order(2, "B", 2, "u"));
    receive();
    assertThat(stored(directory), equalTo(Map.of(2L, "B", 3L, "c")));
    assertThat(receiver, equalTo(stored(directory)));
  }

  @Test
  void whatHasExpiredBeforeAnythingWasTakenComesOutWithTheVersionsAfterIt() throws IOException {
    send(true, order(1, "a", 1, "c"), order(2, "b", 1, "c"));
    send(true, order(1, "x", 2, "d"));
    others(order(3, "c", 1, "c"));
    expireBefore(3);

    send(false, order(4, "d", 1, "c"));
    receive();
    assertThat(stored(directory), equalTo(Map.of(2L, "b", 3L, "c", 4L, "d")));
    assertThat(receiver, equalTo(stored(directory)));
    try (Lake lake = Lake.at(LakeConfig.at(directory))) {
      assertThat(
          Objects.requireNonNull(lake.catalog().load("orders")).current().refs().keySet(),
          equalTo(Set.of("main", "anabranch.given.shop")));
    }
  }

  @Test
  void aJobThatBeginsToRedeliverIsGivenNothingOfBefore() {
    Pipeline before = LakeIoTest.pipeline();
    orders(before, order(1, "a", 1, "c")).apply(upsert().withJob("shop"));
    before.run().waitUntilFinish();
    others(order(2, "b", 1, "c"));

    send(false, order(3, "c", 1, "c"));
    assertThat(SENT.stream().map(changed -> changed.key().getInt64("id")).toList(), contains(3L));
  }

  @Test
  void compactionsAreNoCommits() throws IOException {
    send(false, order(1, "a", 1, "c"), order(2, "b", 1, "c"));
    send(false, order(1, "x", 2, "d"));
    send(false, order(2, "y", 2, "d"));
    try (Lake lake = Lake.at(LakeConfig.at(directory))) {
      long before = lake.table("orders").version();
      CompactTables.run(lake, Duration.ZERO);
      assertThat(lake.table("orders").version(), is(before + 1));
      assertThat(open(lake), empty());
    }
  }

  /** The engine may evaluate the step that commits for each of its consumers. */
  @Test
  void allEvaluationsOfAStepGiveTheSame() throws IOException {
    send(true, order(1, "a", 1, "c"));
    UpsertConfig config =
        new UpsertConfig(
            LakeConfig.at(directory),
            SchemaChanges.Policy.EVOLVE,
            2,
            100,
            Duration.ofDays(7),
            new DeclaredTables(Map.of(), Set.of(), Limits.DEFAULT),
            "shop",
            true);
    try (Lake lake = Lake.at(config.lake());
        LakeRun run = lake.startRun(2, config.rules(), config.pipeline())) {
      CommitRunFn step = CommitRunFn.ofUpsert(config, run.staging());
      List<TableCommitted> first = evaluate(step);
      assertThat(first.stream().map(TableCommitted::version).toList(), is(List.of(1L, 1L)));
      others(order(2, "b", 1, "c"));
      assertThat(evaluate(step), equalTo(first));
    }
  }

  private static List<TableCommitted> evaluate(CommitRunFn step) throws IOException {
    return List.copyOf(step.commits(RunReport.of(List.of()), GlobalWindow.INSTANCE));
  }

  private static List<TableCommitted> open(Lake lake) throws IOException {
    return new Redelivery("shop")
        .open(lake).stream().filter(commit -> commit.table().equals("orders")).toList();
  }

  @Test
  void aCommitToATableThatWasMadeAnewSinceIsNotTaken() throws IOException {
    send(true, order(1, "a", 1, "c"));
    try (Lake lake = Lake.at(LakeConfig.at(directory));
        LakeRun run = lake.startRun(1)) {
      TableCommitted old = open(lake).get(0);
      TableCommitted other =
          new TableCommitted(
              old.table(), old.snapshotId() + 1, old.version(), old.counts(), old.offsets());
      new Redelivery("shop").take(lake, run.id(), other);
      assertThat(open(lake), contains(old));
      new Redelivery("shop").take(lake, run.id(), old);
      assertThat(open(lake), empty());
    }
  }

  /** As upkeep does once no run that is alive builds on the version. */
  private void expireBefore(long version) throws IOException {
    try (Lake lake = Lake.at(LakeConfig.at(directory));
        LakeRun run = lake.startRun(1)) {
      TableOperations loaded = Objects.requireNonNull(lake.catalog().load("orders"));
      TableMetadata now = loaded.current();
      Transaction transaction = lake.catalog().update("orders", loaded, now, run.id());
      ExpireSnapshots expire = transaction.expireSnapshots().cleanExpiredFiles(false);
      Set<Long> tagged = new TreeSet<>();
      now.refs().values().forEach(ref -> tagged.add(ref.snapshotId()));
      for (Snapshot snapshot : now.snapshots()) {
        if (snapshot.sequenceNumber() < version && !tagged.contains(snapshot.snapshotId())) {
          expire.expireSnapshotId(snapshot.snapshotId());
        }
      }

      expire.commit();
      transaction.commitTransaction();
    }
  }

  @Test
  void whatCannotBeIsToldWhenThePipelineIsBuilt() {
    Pipeline pipeline = LakeIoTest.pipeline();
    ChangeCollection orders = orders(pipeline, order(1, "a", 1, "c"));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> orders.apply(upsert().withRedelivery()))
            .getMessage(),
        containsString("redelivery needs a job"));
    LakeCommits once = orders.apply("Once", upsert().withJob("shop"));
    assertThat(
        assertThrows(IllegalStateException.class, once::acknowledgeAfter).getMessage(),
        is("what is acknowledged needs withRedelivery()"));
    LakeUpsert shop = upsert().withJob("shop").withRedelivery();
    LakeCommits commits = orders.apply("First", shop);
    assertThat(
        assertThrows(IllegalArgumentException.class, commits::acknowledgeAfter).getMessage(),
        containsString("after the outputs of the steps that take them"));
    commits.acknowledgeAfter(commits.commits());
    assertThat(
        assertThrows(IllegalStateException.class, () -> commits.acknowledgeAfter(commits.commits()))
            .getMessage(),
        containsString("acknowledged once"));
    orders.apply("Of another job", upsert().withJob("visits").withRedelivery());
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> orders.apply("Second", shop))
            .getMessage(),
        containsString("give each a job of its own"));
  }

  static final class SendFn extends DoFn<ChangedRow, String> {

    private static final long serialVersionUID = 1;

    private final boolean fails;

    SendFn(boolean fails) {
      this.fails = fails;
    }

    @ProcessElement
    public void process(@Element ChangedRow changed, OutputReceiver<String> out) {
      if (fails) {
        throw new IllegalStateException("the receiver is not there");
      }

      SENT.add(changed);
      out.output(changed.table());
    }
  }
}
