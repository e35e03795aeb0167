package org.anabranch.lake;

import static org.anabranch.lake.TestLake.BUCKETS;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.iceberg.LockManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes that commit to one table at once: no commit is lost, none is doubled. */
class ConcurrentWritersTest {

  private static final int WRITERS = 3;
  private static final int ROUNDS = 8;

  @TempDir Path warehouse;

  @Test
  void everyCommitOfEveryProcessIsThere() throws IOException, InterruptedException {
    write(Map.of());
  }

  @Test
  @Tag("long")
  void everyCommitIsThereInACatalogInAFile() throws IOException, InterruptedException {
    write(Map.of("type", "jdbc", "uri", "jdbc:sqlite:" + warehouse.resolve("catalog.db")));
  }

  private void write(Map<String, String> catalog) throws IOException, InterruptedException {
    List<Process> writers = new ArrayList<>();
    for (int writer = 0; writer < WRITERS; writer++) {
      writers.add(start(writer, catalog));
    }

    for (int writer = 0; writer < WRITERS; writer++) {
      Process process = writers.get(writer);
      assertThat(process.waitFor(3, TimeUnit.MINUTES), is(true));
      assertThat(Files.readString(log(writer).toPath()), process.exitValue(), is(0));
    }

    try (Lake lake = Lake.at(LakeConfig.at(warehouse).withCatalog(catalog))) {
      List<String> expected =
          LongStream.range(0, WRITERS * ROUNDS).mapToObj(id -> id + "=w" + id / ROUNDS).toList();
      assertThat(TestLake.rows(lake, "orders"), equalTo(expected));
      LakeTable table = lake.table("orders");
      assertThat(table.version(), is((long) WRITERS * ROUNDS));
      lake.compact(UpkeepSettings.DEFAULT);
      assertThat(lake.unfinished(), empty());
      assertThat(TestLake.rows(lake, "orders"), equalTo(expected));
    }
  }

  private Process start(int writer, Map<String, String> catalog) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            Writer.class.getName(),
            warehouse.toString(),
            String.valueOf(writer),
            String.valueOf(WRITERS),
            System.getProperty("anabranch.test.locks", ""),
            catalog.getOrDefault("type", ""),
            catalog.getOrDefault("uri", ""))
        .redirectErrorStream(true)
        .redirectOutput(log(writer))
        .start();
  }

  private File log(int writer) {
    return warehouse.resolve("writer-" + writer + ".log").toFile();
  }

  /**
   * Lets everybody in. With {@code -Danabranch.test.locks=} the name of this class the test fails,
   * for the reason for which there are locks.
   */
  static final class NoLocks implements LockManager {

    @Override
    public boolean acquire(String entity, String owner) {
      return true;
    }

    @Override
    public boolean release(String entity, String owner) {
      return true;
    }

    @Override
    public void initialize(Map<String, String> properties) {}

    @Override
    public void close() {}
  }

  /** Takes its time to rename metadata files, so that writers meet there. */
  static final class SlowFiles extends RawLocalFileSystem {

    @Override
    public boolean rename(org.apache.hadoop.fs.Path source, org.apache.hadoop.fs.Path target)
        throws IOException {
      if (target.getName().startsWith("v")) {
        try {
          Thread.sleep(30);
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }

      return super.rename(source, target);
    }
  }

  /** Adds one row per round, all into the same bucket. */
  static final class Writer {

    private Writer() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
      Path warehouse = Path.of(arguments[0]);
      int writer = Integer.parseInt(arguments[1]);
      String locks = arguments[3];
      Map<String, String> settings = new HashMap<>();
      settings.put("hadoop.fs.file.impl", SlowFiles.class.getName());
      if (!locks.isEmpty()) {
        settings.put("lock-impl", locks);
      }

      if (!arguments[4].isEmpty()) {
        settings.put("type", arguments[4]);
        settings.put("uri", arguments[5]);
      }

      waitForAll(warehouse, writer, Integer.parseInt(arguments[2]));
      try (Lake lake =
          TestLake.at(LakeConfig.at(warehouse).withCatalog(settings), operations -> operations)) {
        for (int round = 0; round < ROUNDS; round++) {
          commit(lake, writer, (long) writer * ROUNDS + round);
        }
      }
    }

    private static void waitForAll(Path warehouse, int writer, int writers)
        throws IOException, InterruptedException {
      Files.writeString(warehouse.resolve("ready-" + writer), "");
      for (int other = 0; other < writers; other++) {
        while (!Files.exists(warehouse.resolve("ready-" + other))) {
          Thread.sleep(1);
        }
      }
    }

    private static void commit(Lake lake, int writer, long id) throws IOException {
      try (LakeRun run = lake.startRun(BUCKETS)) {
        // The rows are others than all before: what was written stays right.
        Remerge again = (store, ours, buckets) -> ours;
        new CommitLoop(run, again)
            .commit(TestLake.adding(lake, run, "orders", 0, "w" + writer, id));
      }
    }
  }
}
