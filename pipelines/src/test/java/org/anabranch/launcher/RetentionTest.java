package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No single record ends the retention of deletes, nor holds it back for ever. */
class RetentionTest {

  private static final long MICROS_2026 = 1_767_225_600_000_000L;
  private static final long DAY = 86_400_000_000L;
  private static final String EVENT =
      """
      {"topic":"%1$s.t","partition":0,"offset":%2$d,"key":{"id":%3$d},"value":{"before":null,\
      "after":%4$s,"source":{"connector":"postgresql","name":"%1$s","db":"d","schema":"p",\
      "table":"%1$s_t","lsn":%2$d,"sequence":"[\\"%2$d\\",\\"%2$d\\"]","ts_us":%5$d},"op":"%6$s"}}
      """;

  @TempDir Path directory;
  private int runs;

  private static String event(String source, int lsn, int id, long micros) {
    return EVENT.formatted(source, lsn, id, "{\"id\":" + id + "}", micros, "c");
  }

  private static String delete(String source, int lsn, int id, long micros) {
    return EVENT.formatted(source, lsn, id, "null", micros, "d");
  }

  private void run(String... lines) throws IOException {
    runs++;
    Path input = directory.resolve("in-" + runs + ".jsonl");
    Files.writeString(input, String.join("", lines));
    Call call =
        Call.of(
            "run",
            "replicate",
            "--input=" + input,
            "--warehouse=" + directory.resolve("warehouse"),
            "--buckets=1");
    assertThat(call.err(), call.code(), is(0));
  }

  private void compact() {
    Call call = Call.of("compact", "--warehouse=" + directory.resolve("warehouse"));
    assertThat(call.err(), call.code(), is(0));
  }

  private String rows(String table) {
    return Call.of("show", table, "--warehouse=" + directory.resolve("warehouse"), "--as=jsonl")
        .out();
  }

  @Test
  void aWildTimeDoesNotEndIt() throws IOException {
    run(event("s", 1, 3, MICROS_2026), delete("s", 9, 3, MICROS_2026));
    run(event("s", 10, 100, Long.MAX_VALUE), event("s", 11, 101, 9_200_000_000_000_000_000L));
    compact();
    run(event("s", 1, 3, MICROS_2026));
    assertThat(rows("s_t"), is("{\"id\":100}\n{\"id\":101}\n"));
  }

  @Test
  void anotherSourceThatStandsStillDoesNotHoldItBack() throws IOException {
    run(delete("s", 9, 3, MICROS_2026), event("old", 1, 1, 1_000_000));
    run(event("s", 10, 4, MICROS_2026 + 30 * DAY));
    compact();
    run(event("s", 1, 3, MICROS_2026));
    assertThat(rows("s_t"), is("{\"id\":3}\n{\"id\":4}\n"));
  }
}
