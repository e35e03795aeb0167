package org.anabranch.lake;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;

import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.anabranch.lake.RunOutcome.Complete;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.MergeBuckets;
import org.anabranch.transforms.merge.MergeConfig;
import org.anabranch.transforms.merge.MergeTable;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.anabranch.transforms.report.WriteReport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run has rewritten all buckets of a table of five million rows, and another writer changes all
 * of them before it commits: what both have done is in the table, and the process that merges it
 * again needs no more than 2 GB. The table that is expected is computed by DuckDB, from numbers
 * alone.
 */
@Tag("proof")
class LargeConflictTest {

  private static final int ROWS = 5_000_000;
  private static final String TABLE = "orders";
  private static final String HISTORY = TABLE + MergeConfig.HISTORY_SUFFIX;

  /**
   * One for each 48 MiB of the table, which has some 80 bytes a row, and as many as an upsert makes
   * that was told nothing. The launcher, which goes by the size of its input, makes several times
   * as many.
   */
  private static final int BUCKETS_BY_SIZE = 8;

  /** Those of a table that was small when the launcher made it. */
  private static final int FEWEST_BUCKETS = 4;

  /** The changes of a bucket are made and merged in it, which is not what is measured. */
  private static final String HEAP_OF_WRITERS = "3g";

  private static final Schema COLUMNS =
      LakeFixture.schema(
          "id", "bigint",
          "name", "string",
          "email", "string",
          "status", "string",
          "city", "string",
          "amount", "decimal(12,2)",
          "created_at", "timestamptz",
          "updated_at", "timestamptz",
          "remark", "string");

  /**
   * All changes of all rows as {@code (id, version, second, gone)}, as {@link Writer} makes them:
   * of some rows the changes of the other writer are older than those of the run, of some newer.
   */
  private static final String CHANGES =
      """
      WITH ids AS (SELECT unnest(range(%d)) AS id),
      changes AS (
        SELECT id, 1 AS version, 1000000::BIGINT AS second, false AS gone FROM ids
        UNION ALL
        SELECT id, 2, 3000000, id %% 10 = 0 FROM ids WHERE id %% 2 = 0
        UNION ALL
        SELECT id, 3, CASE WHEN (id // 6) %% 2 = 0 THEN 4000000 ELSE 2000000 END, id %% 9 = 0
        FROM ids WHERE id %% 3 = 0),
      chapters AS (
        SELECT *, lead(second) OVER (PARTITION BY id ORDER BY second) AS next FROM changes),
      versions AS (
        SELECT id,
          'customer ' || (id * 7919 + version * 104729) %% 1000000007 AS name,
          'c' || (id * 15485863) %% 1000000007 || '@mail' || version || '.example.org' AS email,
          'status ' || (id + version) %% 5 AS status,
          'city ' || (id * 31) %% 997 AS city,
          CAST(((id * 37 + version * 1001) %% 1000000) / 100.0 AS DECIMAL(12, 2)) AS amount,
          1600000000000000 + id * 1000003 AS created_at,
          1700000000000000 + second * 1000000 AS updated_at,
          md5(id || '/' || version) AS remark,
          1700000000000000 + second * 1000000 AS valid_from,
          1700000000000000 + next * 1000000 AS valid_to
        FROM chapters WHERE NOT gone)
      """
          .formatted(ROWS);

  private static final String SUMS =
      "SELECT count(*), sum(id), sum(amount), sum(hash(id, name, email, status, city, amount,"
          + " created_at, updated_at, remark, %s)::HUGEINT) FROM %s";
  private static final String NO_TIMES = "0";
  private static final String TIMES = "valid_from, valid_to";

  @TempDir Path warehouse;

  @Test
  void aConflictInEveryBucketNeedsNoMoreThanTwoGigabytes() throws Exception {
    conflict(BUCKETS_BY_SIZE, false, "1g");
  }

  @Test
  void inTheFewestBucketsAndWithAHistoryToo() throws Exception {
    conflict(FEWEST_BUCKETS, true, "2g");
  }

  private void conflict(int buckets, boolean hasHistory, String heap) throws Exception {
    for (String step : List.of("base", "ours", "theirs")) {
      step(step, buckets, hasHistory, HEAP_OF_WRITERS);
    }

    step("commit", buckets, hasHistory, heap);
    check(buckets, hasHistory);
  }

  private void check(int buckets, boolean hasHistory) throws IOException {
    try (Lake lake = Lake.at(LakeConfig.at(warehouse))) {
      LakeTable table = lake.table(TABLE);
      assertThat(table.buckets(), is(buckets));
      System.out.printf(Locale.ROOT, "%d rows, %d MiB%n", table.rows(), table.bytes() >> 20);
      assertThat(
          stored(table, NO_TIMES),
          equalTo(
              DuckDb.query(CHANGES + SUMS.formatted(NO_TIMES, "versions WHERE valid_to IS NULL"))));
      if (hasHistory) {
        assertThat(
            stored(lake.table(HISTORY), TIMES),
            equalTo(DuckDb.query(CHANGES + SUMS.formatted(TIMES, "versions"))));
      }
    }
  }

  private static List<?> stored(LakeTable table, String times) {
    assertThat(table.deleteFileCount(), is(0L));
    String files =
        table.dataFiles().stream()
            .map(file -> "'" + file + "'")
            .collect(Collectors.joining(", ", "read_parquet([", "])"));
    String replaced =
        times.equals(NO_TIMES)
            ? ""
            : ", epoch_us(valid_from) AS valid_from, epoch_us(valid_to) AS valid_to";
    return DuckDb.query(
        SUMS.formatted(
            times,
            "(SELECT * REPLACE (epoch_us(created_at) AS created_at, epoch_us(updated_at) AS updated_at"
                + replaced
                + ") FROM "
                + files
                + ")"));
  }

  private void step(String step, int buckets, boolean hasHistory, String heap)
      throws IOException, InterruptedException {
    File log = warehouse.resolve(step + ".log").toFile();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                warehouse.toString(),
                step,
                String.valueOf(buckets),
                String.valueOf(hasHistory))
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    try {
      assertThat(step, process.waitFor(10, TimeUnit.MINUTES), is(true));
    } finally {
      process.destroyForcibly();
    }

    String said = Files.readString(log.toPath());
    assertThat(said, process.exitValue(), is(0));
    System.out.printf(
        "-Xmx%s, %d buckets%s: %s",
        heap, buckets, hasHistory ? " with history" : "", said.substring(said.indexOf(step + ":")));
  }

  /** One step of the conflict, in a process of its own. */
  static final class Writer {

    private static final String SOURCE = "shop";
    private static final String LOG = "shop.orders";
    private static final int BATCH_BYTES = 1 << 20;
    private static final long EPOCH_MICROS = 1_700_000_000_000_000L;

    private final Lake lake;
    private final int buckets;
    private final Set<String> histories;
    private final byte[] bucketOf = new byte[ROWS];
    private final KeyWriter key = new KeyWriter();
    private final ByteWriter values = new ByteWriter(512);
    private final MessageDigest digest = md5();
    private final List<String> columns = COLUMNS.columns().stream().map(Column::name).toList();

    private Writer(Lake lake, int buckets, boolean hasHistory) {
      this.lake = lake;
      this.buckets = buckets;
      histories = hasHistory ? Set.of(TABLE) : Set.of();
    }

    private static MessageDigest md5() {
      try {
        return MessageDigest.getInstance("MD5");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }

    public static void main(String[] arguments) throws IOException {
      Instant start = Instant.now();
      String step = arguments[1];
      try (Lake lake = Lake.at(LakeConfig.at(Path.of(arguments[0])))) {
        Writer writer =
            new Writer(lake, Integer.parseInt(arguments[2]), Boolean.parseBoolean(arguments[3]));
        if (step.equals("commit")) {
          takeOver(lake);
        } else {
          writer.write(step);
        }
      }

      System.out.printf(
          "%s: %d s%s%n", step, Duration.between(start, Instant.now()).toSeconds(), peakResident());
    }

    /** Commits the run that is left. */
    private static void takeOver(Lake lake) throws IOException {
      List<Lake.UnfinishedRun> unfinished = lake.unfinished();
      assertThat(unfinished.size(), is(1));
      try (LakeRun run = lake.resume(unfinished.get(0).id())) {
        commit(lake, run, run.report());
        // A history is committed first, and then knows of the conflict alone.
        assertThat(run.conflicts(TABLE) + run.conflicts(HISTORY), is(1L));
      }
    }

    private static void commit(Lake lake, LakeRun run, RunReport report) throws IOException {
      RunOutcome outcome = new CommitRun(lake, run, report).commit();
      assertThat(outcome.toString(), outcome instanceof Complete, is(true));
    }

    private void write(String step) throws IOException {
      fillBuckets();
      try (LakeRun run = lake.startRun(buckets)) {
        RunReport report = merge(run, step);
        TableReport written = Objects.requireNonNull(report.table(TABLE));
        assertThat(
            written.files().stream().map(WrittenFile::bucket).distinct().count(),
            is((long) buckets));
        WriteReport.leave(run.staging(), report);
        if (step.equals("ours")) {
          // All that it did not delete: those it did not change, too.
          assertThat(written.count(TableReport.WRITTEN), is(ROWS - ROWS / 10L));
          run.leave();
          return;
        }

        commit(lake, run, report);
      }
    }

    private void fillBuckets() {
      for (int id = 0; id < ROWS; id++) {
        setKey(id);
        bucketOf[id] = (byte) key.bucket(buckets);
      }
    }

    private void setKey(long id) {
      values.clear();
      Values.writeInt(values, id);
      key.reset().add(new ByteReader(values.buffer()).reset(values.buffer(), 0, values.size()));
    }

    /** Bucket by bucket, for not all changes would fit into memory. */
    private RunReport merge(LakeRun run, String step) throws IOException {
      MergeConfig config = new MergeConfig(run.store(), histories, List.of());
      List<TableReport> tables = new ArrayList<>();
      tables.add(new TableReport(TABLE, List.of("id"), COLUMNS, List.of(), Map.of()));
      if (!histories.isEmpty()) {
        Schema schema = MergeBuckets.historySchema(COLUMNS);
        tables.add(new TableReport(HISTORY, List.of("id"), schema, List.of(), Map.of()));
      }

      RunReport report = RunReport.of(tables);
      RunReport seen = report;
      for (int bucket = 0; bucket < buckets; bucket++) {
        report = report.join(MergeTable.merge(config, TABLE, seen, changes(step, bucket)));
      }

      return report;
    }

    private List<byte[]> changes(String step, int bucket) {
      List<byte[]> batches = new ArrayList<>();
      RowBatch.Writer batch = new RowBatch.Writer(2 * BATCH_BYTES);
      for (int id = 0; id < ROWS; id++) {
        if (bucketOf[id] == bucket) {
          add(step, id, batch);
        }

        if (batch.size() > BATCH_BYTES || id == ROWS - 1) {
          batches.add(batch.toByteArray());
          batch.clear();
        }
      }

      return batches;
    }

    /** As {@link #CHANGES} has them. */
    private void add(String step, long id, RowBatch.Writer batch) {
      if (step.equals("base")) {
        add(id, 1, 1_000_000, false, batch);
      } else if (step.equals("ours") && id % 2 == 0) {
        add(id, 2, 3_000_000, id % 10 == 0, batch);
      } else if (step.equals("theirs") && id % 3 == 0) {
        add(id, 3, id / 6 % 2 == 0 ? 4_000_000 : 2_000_000, id % 9 == 0, batch);
      }
    }

    private void add(long id, int version, long second, boolean isGone, RowBatch.Writer batch) {
      setKey(id);
      long time = EPOCH_MICROS + second * 1_000_000;
      Position position = new Position(SOURCE, second, id, 0, LOG, 0, second * ROWS + id);
      if (isGone) {
        batch.delete(position, time, key);
        return;
      }

      values.clear();
      Values.writeInt(values, id);
      Values.writeString(values, "customer " + (id * 7919 + version * 104_729L) % 1_000_000_007);
      Values.writeString(
          values, "c" + id * 15_485_863 % 1_000_000_007 + "@mail" + version + ".example.org");
      Values.writeString(values, "status " + (id + version) % 5);
      Values.writeString(values, "city " + id * 31 % 997);
      Values.writeDecimal(values, BigDecimal.valueOf((id * 37 + version * 1_001L) % 1_000_000, 2));
      Values.writeTemporal(values, Values.TIMESTAMPTZ, 1_600_000_000_000_000L + id * 1_000_003);
      Values.writeTemporal(values, Values.TIMESTAMPTZ, time);
      Values.writeString(values, remark(id + "/" + version));
      batch.image(position, time, key, columns, values.buffer(), 0, values.size());
    }

    /** Text that does not compress. */
    private String remark(String of) {
      return HexFormat.of().formatHex(digest.digest(of.getBytes(StandardCharsets.UTF_8)));
    }

    /** What Linux tells of all memory of the process. */
    private static String peakResident() throws IOException {
      Path status = Path.of("/proc/self/status");
      return Files.exists(status)
          ? Files.readAllLines(status).stream()
              .filter(line -> line.startsWith("VmHWM"))
              .map(line -> ", at most resident: " + line.substring(line.indexOf(':') + 1).strip())
              .findFirst()
              .orElse("")
          : "";
    }
  }
}
