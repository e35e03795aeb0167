package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.anabranch.testdata.LocalBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A million change events come in while they are read: as many are read and merged as the broker's
 * own offsets count, each once, and the rows are those of a map.
 */
@Tag("proof")
public abstract class GrowingTopicConformance {

  private static final int EVENTS = 1_000_000;

  /** Long enough that runs begin meanwhile. */
  private static final Duration DURATION = Duration.ofSeconds(25);

  private static final int MOST_RUNS = 20;
  private static final Pattern COUNTS =
      Pattern.compile("(?m)^" + GrowingTopic.TABLE + " +(\\d+) +(\\d+) ");

  @TempDir private Path directory;
  private LocalBroker broker;

  /** Name of the runner, as the command line has it. */
  protected abstract String runner();

  @BeforeEach
  void start() throws IOException {
    broker = LocalBroker.start(directory.resolve("broker"));
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  @Test
  void batchesOneAfterTheOtherReadEachEventOnce() throws Exception {
    readsEachEventOnce("tables are in", List.of("--mode=batch", "--from=committed"));
  }

  @Test
  void microBatchesReadEachEventOnce() throws Exception {
    readsEachEventOnce(
        "batch 1:", List.of("--mode=micro-batch", "--until-caught-up", "--max-rows=100000"));
  }

  @Test
  void aStreamReadsEachEventOnce() throws Exception {
    readsEachEventOnce(
        "batch 1:",
        List.of("--mode=stream", "--until-caught-up", "--every=1s", "--max-rows=100000"));
  }

  /**
   * Runs, again where a run has caught up with the sender, until everything is in.
   *
   * @param committed what the first run prints when it has committed; the last events are sent
   *     after that
   */
  private void readsEachEventOnce(String committed, List<String> mode) throws Exception {
    long seed = System.nanoTime();
    GrowingTopic topic = new GrowingTopic(broker.bootstrapServers(), EVENTS, DURATION, seed);
    CompletableFuture<Void> sent = topic.send(() -> text(log(1)).contains(committed));
    long read = 0;
    long merged = 0;
    boolean isLast = false;
    for (int run = 1; run <= MOST_RUNS && !isLast; run++) {
      isLast = sent.isDone();
      Matcher counts = COUNTS.matcher(LauncherProcess.run(log(run), List.of("-Xmx2g"), call(mode)));
      if (counts.find()) {
        read += Long.parseLong(counts.group(1));
        merged += Long.parseLong(counts.group(2));
      }
    }

    sent.get();
    assertThat("sent", topic.offsets(), is((long) EVENTS));
    assertThat("seed " + seed + ", read", read, is((long) EVENTS));
    assertThat("seed " + seed + ", merged", merged, is((long) EVENTS));
    assertThat("seed " + seed, rows().equals(topic.rows()), is(true));
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> call(List<String> mode) {
    List<String> call =
        new ArrayList<>(
            List.of(
                "run",
                "replicate",
                "--runner=" + runner(),
                "--bootstrap-servers=" + broker.bootstrapServers(),
                "--topics=" + GrowingTopic.NAME,
                "--warehouse=" + warehouse()));
    call.addAll(mode);
    return call;
  }

  private Map<Long, Long> rows() throws Exception {
    Map<Long, Long> rows = new HashMap<>();
    StoredTable.of(warehouse(), GrowingTopic.TABLE)
        .byKey(List.of("id"))
        .values()
        .forEach(row -> rows.put(row.get("id").longValue(), row.get("n").longValue()));
    return rows;
  }

  private Path warehouse() {
    return directory.resolve("warehouse");
  }

  private Path log(int run) {
    return directory.resolve("run-" + run + ".log");
  }
}
