package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.anabranch.launcher.CallContext.Screen;
import org.anabranch.launcher.TextTable.Align;
import org.anabranch.model.Schema;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.junit.jupiter.api.Test;

/** What is printed: rows, tables, progress, summary. */
class PrintingTest {

  private static final List<String> COLUMNS = List.of("id", "text", "amount", "day");

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);

  @Test
  void jsonLinesHoldEveryColumn() {
    print("jsonl");

    assertThat(
        printed(),
        is(
            """
            {"id":1,"text":"a \\"b\\", c","amount":1.50,"day":"2026-01-02"}
            {"id":20,"text":"","amount":null,"day":null}
            """));
  }

  @Test
  void missingAndEmptyDifferInCsv() {
    print("csv");

    assertThat(
        printed(),
        is("id,text,amount,day\r\n1,\"a \"\"b\"\", c\",1.50,2026-01-02\r\n20,\"\",,\r\n"));
  }

  @Test
  void tablesAreAligned() {
    print("table");

    assertThat(
        printed(),
        is(
            """
            id  text      amount  day
             1  a "b", c    1.50  2026-01-02
            20
            """));
  }

  @Test
  void aTableWithoutRowsHasItsHeader() {
    RowPrinter.of("table", COLUMNS, out).finish();

    assertThat(printed(), is("id  text  amount  day\n"));
  }

  @Test
  void longAndBrokenTextIsCutOffInTables() {
    RowPrinter printer = RowPrinter.of("table", List.of("x"), out);
    printer.print(List.of("\n" + "ü".repeat(100)));
    printer.print(List.of("y".repeat(60)));
    printer.finish();

    assertThat(printed(), is("x\n\\n" + "ü".repeat(58) + "…\n" + "y".repeat(60) + "\n"));
  }

  @Test
  void moreRowsThanAreMeasuredArePrintedOnce() {
    RowPrinter printer = RowPrinter.of("table", List.of("n"), out);
    for (long i = 0; i < 2500; i++) {
      printer.print(List.of(i));
    }

    printer.finish();

    assertThat(printed().lines().count(), is(2501L));
  }

  @Test
  void numbersStandToTheRight() {
    TextTable table = new TextTable(List.of("a", "b"), List.of(Align.LEFT, Align.RIGHT));
    table.add(List.of("x", "100"));
    table.flush(out);

    assertThat(printed(), is("a    b\nx  100\n"));
  }

  @Test
  void progressSaysHowMuchOfWhatIsRead() {
    try (ProgressLine progress =
        new ProgressLine(
            out, Screen.LOG, new ProgressLine.Amount(2_000_000, Slice.Unit.BYTES, () -> 0))) {
      assertThat(
          progress.line(Duration.ofSeconds(65), 500_000),
          is("1:05  read 500.0 kB of 2.0 MB (25 %)"));
      assertThat(
          progress.line(Duration.ofSeconds(5), 3_000_000),
          is("0:05  read 2.0 MB of 2.0 MB (100 %), merging and writing: 0 buckets done"));
      progress.start("reading");
    }

    assertThat(printed(), is("reading\n"));
  }

  @Test
  void theSummaryHasARowPerTableATotalAndNotes() {
    RunReport report =
        RunReport.of(
            List.of(
                report("", Map.of("read", 3L, "dead", 1L, "ignored", 2L)),
                report(
                    "customers",
                    Map.of(
                        "read",
                        9L,
                        "merged",
                        9L,
                        "deleted",
                        2L,
                        "written",
                        5L,
                        "note:a hole",
                        4L,
                        "inserted",
                        3L,
                        "updated",
                        1L,
                        "removed",
                        1L)),
                report("dead_letters", Map.of("read", 1L, "merged", 1L, "written", 1L)),
                report("visits", Map.of("internal", 1L))));
    Summary summary = new Summary(report);
    summary.published("customers", 1.25);
    summary.rowsNow(Map.of("customers", 7L));
    summary.print(out, 2.5);

    assertThat(
        printed(),
        is(
            """
            table         read  merged  deleted  dead-lettered  written  seconds  inserted  updated  removed  unchanged  rows now
            (no table)       3       0        0              1        0      2.5         0        0        0          0         -
            customers        9       9        2              0        5      1.3         3        1        1          0         7
            dead_letters     0       0        0              0        1      2.5         -        -        -          -         -
            total           12       9        2              1        6      2.5         3        1        1          0         7
            note: (no table): records ignored, for they change no row (2)
            note: customers: a hole (4)
            """));
  }

  @Test
  void helpBreaksLongLines() {
    String help = Help.of("x", "summary", NamedPipeline.of("run", List.of("replicate")).options());

    assertThat(help, containsString("--tombstones=ignore|delete"));
    assertThat(help.lines().mapToInt(String::length).max().orElse(0) <= 101, is(true));
  }

  private static TableReport report(String table, Map<String, Long> counts) {
    return new TableReport(table, List.of(), Schema.EMPTY, List.of(), counts);
  }

  private void print(String form) {
    RowPrinter printer = RowPrinter.of(form, COLUMNS, out);
    printer.print(List.of(1L, "a \"b\", c", new BigDecimal("1.50"), LocalDate.of(2026, 1, 2)));
    printer.print(Arrays.asList(20L, "", null, null));
    printer.finish();
  }

  private String printed() {
    out.flush();
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
