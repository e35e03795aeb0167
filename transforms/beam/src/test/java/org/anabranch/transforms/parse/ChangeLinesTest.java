package org.anabranch.transforms.parse;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.anabranch.model.ByteReader;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Values;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Long records, records on which the parser fails, and names that are data. */
class ChangeLinesTest {

  private static final int MIB = 1 << 20;

  private final List<List<@Nullable Object>> dead = new ArrayList<>();

  @Test
  void aLineBeyondTheLimitIsCutAndHasItsLengthAndChecksum() throws Exception {
    ChangeLines lines = lines(new Limits(2 * MIB, 100, 100));
    byte[] line = "x".repeat(2 * MIB + 1).getBytes(StandardCharsets.UTF_8);
    lines.parse("a.jsonl", 7, line, 0, line.length);
    CutRecord streamed = new CutRecord();
    streamed.add(line, 0, 10);
    streamed.add(line, 10, line.length);
    lines.tooLong("a.jsonl", 7, streamed);
    lines.record("topic", 0, 9, null, null, line, RecordHeaders.NONE);
    RunReport report = lines.finish();

    assertThat(table(report, "").count(TableReport.DEAD), is(3L));
    for (List<@Nullable Object> row : dead) {
      assertThat(value(row, "reason"), is("too-large"));
      assertThat(((ByteBuffer) value(row, "raw")).remaining(), is(MIB));
      assertThat(value(row, "raw_length"), is((long) line.length));
      assertThat(value(row, "raw_sha256"), is(sha256(line)));
    }

    // Read in a block or streamed past: the same row.
    assertThat(new HashSet<>(dead).size(), is(2));
    assertThat(
        dead.stream().map(row -> value(row, "detail")).distinct().toList(),
        containsInAnyOrder(
            "the line has 2097153 bytes, more than 2097152 (--max-line)",
            "the value has 2097153 bytes, more than 2097152 (--max-line)"));
  }

  @Test
  void aLineAtTheLimitIsRead() {
    ChangeLines lines = lines(new Limits(1 << 10, 100, 100));
    byte[] line =
        ("{\"op\":\"m\",\"x\":\"" + "y".repeat((1 << 10) - 17) + "\"}\n")
            .getBytes(StandardCharsets.UTF_8);
    assertThat(line.length, is((1 << 10) + 1));
    lines.parse("a.jsonl", 0, line, 0, line.length);

    assertThat(table(lines.finish(), "").count(TableReport.IGNORED), is(1L));
    assertThat(dead.size(), is(0));
  }

  @Test
  void aLongRecordThatIsBrokenIsCutToo() throws Exception {
    ChangeLines lines = lines(Limits.DEFAULT);
    byte[] line = ("{" + " ".repeat(MIB)).getBytes(StandardCharsets.UTF_8);
    lines.parse("a.jsonl", 0, line, 0, line.length);
    lines.parse("a.jsonl", 5, line, 0, MIB);
    lines.finish();

    assertThat(value(dead.get(0), "reason"), is("invalid-json"));
    assertThat(((ByteBuffer) value(dead.get(0), "raw")).remaining(), is(MIB));
    assertThat(value(dead.get(0), "raw_length"), is(MIB + 1L));
    assertThat(value(dead.get(0), "raw_sha256"), is(sha256(line)));
    assertThat(value(dead.get(1), "raw_length"), is((long) MIB));
    assertThat(value(dead.get(1), "raw_sha256"), nullValue());
  }

  @Test
  void aRecordOnWhichTheParserFailsIsADeadLetterAndTheNextOneIsRead() {
    ChangeLines lines = lines(Limits.DEFAULT);
    byte[] good = bytes("{\"op\":\"c\",\"after\":{\"id\":1},\"source\":{\"table\":\"t\"}}");
    byte[] key = bytes("{\"id\":1}");
    lines.record("t", 0, 1, null, key, good, failing(new IllegalStateException("secret")));
    lines.record("t", 0, 2, null, key, good, failing(new StackOverflowError()));
    lines.record("t", 0, 3, null, key, good, RecordHeaders.NONE);
    RunReport report = lines.finish();

    assertThat(
        dead.stream().map(row -> value(row, "detail")).toList(),
        containsInAnyOrder(
            "the parser failed: IllegalStateException", "the parser failed: StackOverflowError"));
    assertThat(
        dead.stream().map(row -> value(row, "reason")).distinct().toList(),
        contains("unprocessable"));
    assertThat(value(dead.get(0), "raw"), is(ByteBuffer.wrap(good)));
    assertThat(table(report, "").count(TableReport.DEAD), is(2L));
    assertThat(table(report, "").count(TableReport.READ), is(2L));
    assertThat(table(report, "t").count(TableReport.MERGED), is(1L));
  }

  @Test
  void whatFailsBehindTheParserFailsTheBundle() {
    ChangeLines lines =
        new ChangeLines(
            RecordedChanges.OPEN,
            0,
            (bucket, batch) -> {
              throw new IllegalStateException("the runner is gone");
            });
    byte[] line =
        bytes(
            "{\"key\":{\"id\":1},\"value\":{\"op\":\"c\",\"after\":{\"id\":1,\"v\":\""
                + "x".repeat(70_000)
                + "\"},\"source\":{\"table\":\"t\"}}}");

    assertThrows(
        IllegalStateException.class, () -> lines.parse("a.jsonl", 0, line, 0, line.length));
  }

  @Test
  void namesThatAreDataTakeLinearTimeAndLeaveNothingOut() {
    int records = 200_000;
    ChangeLines lines = lines(Limits.DEFAULT);
    long start = cpuNanos();
    for (int i = 0; i < records; i++) {
      byte[] line =
          bytes(
              "{\"key\":{\"id\":1},\"value\":{\"op\":\"c\",\"after\":{\"id\":1,\"column-"
                  + i
                  + "\":2},\"source\":{\"table\":\"t\"}}}");
      lines.parse("a.jsonl", i, line, 0, line.length);
    }

    TableReport table = table(lines.finish(), "t");
    assertThat(table.count(TableReport.MERGED), is((long) records));
    assertThat(table.schema().columns().size(), is(records + 1));
    // Linear takes three seconds; quadratic a minute.
    assertThat((cpuNanos() - start) / 1_000_000_000, lessThan(25L));
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private ChangeLines lines(Limits limits) {
    return new ChangeLines(
        RecordedChanges.OPEN.withLimits(limits),
        0,
        (bucket, batch) -> {
          if (bucket.table().equals(DeadLetters.TABLE)) {
            RowBatch.Reader in = new RowBatch.Reader(batch);
            while (in.next()) {
              dead.add(values(in));
            }
          }
        });
  }

  private static List<@Nullable Object> values(RowBatch.Reader in) {
    ByteReader reader = new ByteReader(in.buffer());
    reader.reset(in.buffer(), in.payloadOffset(), in.payloadLength());
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < DeadLetters.COLUMNS.size(); i++) {
      values.add(Values.read(reader));
    }

    return values;
  }

  private static @Nullable Object value(List<@Nullable Object> row, String column) {
    return row.get(DeadLetters.COLUMNS.indexOf(column));
  }

  private static TableReport table(RunReport report, String name) {
    return Objects.requireNonNull(report.table(name));
  }

  private static RecordHeaders failing(Throwable failure) {
    return new RecordHeaders() {
      @Override
      public boolean has(String name) {
        if (failure instanceof Error error) {
          throw error;
        }

        throw (RuntimeException) failure;
      }

      @Override
      public byte @Nullable [] last(String name) {
        return null;
      }
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
