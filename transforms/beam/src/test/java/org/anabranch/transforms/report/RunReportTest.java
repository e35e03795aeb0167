package org.anabranch.transforms.report;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.anabranch.model.Generated;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
import org.anabranch.transforms.merge.PerRun;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.anabranch.transforms.report.JoinReports.Reports;
import org.anabranch.transforms.source.TableFacts;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunReportTest {

  private static final WrittenFile FILE = new WrittenFile("orders", 1, "/part-1", 10, 200);

  @Test
  void joinAddsCountsUnitesFilesAndWidensTypes() {
    RunReport left =
        report(Type.INT32, List.of(FILE), Map.of(TableReport.READ, 3L, TableReport.DEAD, 1L));
    WrittenFile second = new WrittenFile("orders", 2, "/part-2", 5, 100);
    RunReport right = report(Type.INT64, List.of(second), Map.of(TableReport.READ, 4L));
    TableReport joined = Objects.requireNonNull(left.join(right).table("orders"));
    assertThat(joined.count(TableReport.READ), is(7L));
    assertThat(joined.count(TableReport.DEAD), is(1L));
    assertThat(joined.count(TableReport.WRITTEN), is(0L));
    assertThat(joined.files(), containsInAnyOrder(FILE, second));
    assertThat(joined.schema(), is(schema(Type.INT64)));
  }

  @Test
  void joinKeepsTablesThatOnlyOneSideHas() {
    RunReport other = RunReport.of(List.of(TableReport.counting("other", Map.of())));
    RunReport joined = report(Type.INT32, List.of(), Map.of()).join(other);
    assertThat(
        joined.tables().stream().map(TableReport::table).toList(), contains("orders", "other"));
    assertThat(joined.table("none"), is(nullValue()));
    assertThat(joined.schema("none"), is(Schema.EMPTY));
  }

  @Test
  void emptyReportIsNeutral() {
    RunReport report = report(Type.INT32, List.of(FILE), Map.of(TableReport.READ, 3L));
    assertThat(canonical(report.join(RunReport.EMPTY)), is(canonical(report)));
    assertThat(canonical(RunReport.EMPTY.join(report)), is(canonical(report)));
  }

  @Test
  void keyIsKnownWhereOneSideKnowsIt() {
    TableReport keyed = new TableReport("orders", List.of("id"), Schema.EMPTY, List.of(), Map.of());
    TableReport counted = TableReport.counting("orders", Map.of());
    RunReport joined = RunReport.of(List.of(counted, keyed, counted));
    assertThat(Objects.requireNonNull(joined.table("orders")).key(), contains("id"));
  }

  @Test
  void factsAreUnitedByKind() {
    TableReport left = stating("shard", "s=1");
    TableReport right = stating("shard", "s=2");
    RunReport joined = RunReport.of(List.of(left, right, stating("other", "x"), left));
    assertThat(
        Objects.requireNonNull(joined.table("orders")).facts().values(),
        is(Map.of("shard", new TreeSet<>(List.of("s=1", "s=2")), "other", Set.of("x"))));
  }

  /** Else the reports would grow with the data where a fact is data. */
  @Test
  void ofTooManyFactsTheLeastAreKeptInAnyGrouping() {
    List<TableReport> reports =
        IntStream.range(0, 300)
            .mapToObj(i -> stating("shard", "s=%03d".formatted(i * 7 % 300)))
            .toList();
    List<String> least =
        IntStream.range(0, TableFacts.MAX_VALUES).mapToObj("s=%03d"::formatted).toList();
    RunReport first = RunReport.of(reports.subList(0, 170));
    RunReport second = RunReport.of(reports.subList(150, 300));
    for (RunReport joined : List.of(RunReport.of(reports), second.join(first))) {
      assertThat(
          List.copyOf(Objects.requireNonNull(joined.table("orders")).facts().values("shard")),
          is(least));
    }
  }

  private static TableReport stating(String kind, String value) {
    return new TableReport(
        "orders",
        List.of(),
        Schema.EMPTY,
        List.of(),
        Map.of(),
        Map.of(),
        TableFacts.of(kind, value));
  }

  @Test
  void onlyTablesWithANameAndColumnsArePublished() {
    assertThat(named("orders", Map.of()).published(), is(true));
    assertThat(named("", Map.of()).published(), is(false));
    assertThat(TableReport.counting("orders", Map.of()).published(), is(false));
  }

  private static TableReport named(String table, Map<String, Long> counts) {
    return new TableReport(table, List.of(), schema(Type.INT32), List.of(), counts);
  }

  @Test
  void comesBackFromItsBytesAsItWas() throws Exception {
    Generated.forSeeds(
        100,
        generated -> {
          RunReport report = generated(generated);
          assertThat(
              canonical(RunReportCoder.fromBytes(RunReportCoder.toBytes(report))),
              is(canonical(report)));
        });
  }

  @Test
  void severalReportsInOneStreamComeBackOneByOne() throws Exception {
    RunReport report = report(Type.decimal(20, 4), List.of(FILE), Map.of("note:ü", 1L));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RunReportCoder.of().encode(report, out);
    RunReportCoder.of().encode(report, out);
    InputStream in = new ByteArrayInputStream(out.toByteArray());
    assertThat(canonical(RunReportCoder.of().decode(in)), is(canonical(report)));
    assertThat(canonical(RunReportCoder.of().decode(in)), is(canonical(report)));
    assertThat(in.available(), is(0));
  }

  @Test
  void otherVersionIsRefused() {
    byte[] bytes = RunReportCoder.toBytes(RunReport.EMPTY);
    bytes[0] = 9;
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> RunReportCoder.fromBytes(bytes));
    assertThat(e.getMessage(), is("run report version must be 4, but was: 9"));
  }

  /**
   * A run of an earlier version, without samples or without facts too, may have left its report.
   */
  @Test
  void aReportOfAnEarlierProgramIsReadToo() {
    RunReport report = report(Type.INT32, List.of(FILE), Map.of(TableReport.READ, 3L));
    byte[] bytes = RunReportCoder.toBytes(report);
    for (int version : new int[] {2, 3}) {
      byte[] before = Arrays.copyOf(bytes, bytes.length - (4 - version));
      before[0] = (byte) version;
      assertThat(canonical(RunReportCoder.fromBytes(before)), is(canonical(report)));
    }
  }

  @Test
  void anyGroupingOfReportsJoinsToTheSame() {
    Generated.forSeeds(
        50,
        generated -> {
          List<RunReport> reports = new ArrayList<>();
          for (int i = 0; i < 8; i++) {
            reports.add(generated(generated));
          }

          RunReport expected = reports.stream().reduce(RunReport.EMPTY, RunReport::join);
          assertThat(
              canonical(grouped(generated, generated.shuffled(reports))), is(canonical(expected)));
        });
  }

  /** As a runner does it: parts on several workers, some shipped as bytes, joined at last. */
  private static RunReport grouped(Generated generated, List<RunReport> reports) {
    JoinReports join = new JoinReports();
    List<Reports> parts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      parts.add(join.createAccumulator());
    }

    for (RunReport report : reports) {
      int part = generated.below(parts.size());
      parts.set(part, join.addInput(parts.get(part), report));
      if (generated.oneIn(3)) {
        parts.set(part, shipped(join, parts.get(part)));
      }
    }

    return join.extractOutput(join.mergeAccumulators(parts));
  }

  private static Reports shipped(JoinReports join, Reports part) {
    try {
      Coder<Reports> coder =
          join.getAccumulatorCoder(CoderRegistry.createDefault(), RunReportCoder.of());
      return CoderUtils.clone(coder, part);
    } catch (CoderException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void reportOfARunLiesInItsStagingDirectory(@TempDir Path staging) throws Exception {
    for (int attempt = 0; attempt < 2; attempt++) {
      TestPipeline pipeline =
          TestPipeline.fromOptions(
                  PipelineOptionsFactory.fromArgs("--targetParallelism=1").create())
              .enableAbandonedNodeEnforcement(false);
      RunReport part = report(Type.INT32, List.of(FILE), Map.of(TableReport.READ, 1L));
      pipeline
          .apply(Create.of(part, part).withCoder(RunReportCoder.of()))
          .apply(WriteReport.to(PerRun.always(staging.toString())));
      pipeline.run(pipeline.getOptions()).waitUntilFinish();
      assertThat(canonical(LeftReport.in(staging)), is(canonical(part.join(part))));
      assertThat(staging.toFile().list(), is(new String[] {WriteReport.FILE}));
    }
  }

  private static RunReport generated(Generated generated) {
    List<TableReport> tables = new ArrayList<>();
    for (int i = generated.below(3); i >= 0; i--) {
      String table = generated.pick(List.of("", "orders", "größen"));
      List<Column> columns = new ArrayList<>();
      for (int c = generated.below(4); c > 0; c--) {
        columns.add(new Column(generated.text(), generated.type(), generated.below(1 << 20)));
      }

      List<WrittenFile> files = new ArrayList<>();
      for (int f = generated.below(3); f > 0; f--) {
        files.add(
            new WrittenFile(
                table,
                generated.below(100_000),
                generated.text(),
                generated.below(1 << 30),
                generated.number() >>> 1));
      }

      Map<String, Long> counts = new TreeMap<>();
      counts.put(TableReport.READ, (long) generated.below(1 << 30));
      counts.put(TableReport.NOTE + generated.text(), 1L);
      List<String> key = generated.pick(List.of(List.of(), List.of("a"), List.of("a", "ü")));
      SortedMap<String, SortedSet<String>> facts = new TreeMap<>();
      for (int f = generated.below(3); f > 0; f--) {
        facts
            .computeIfAbsent(generated.pick(List.of("shard", "x")), kind -> new TreeSet<>())
            .add(generated.text());
      }

      TableFacts told = new TableFacts(facts, List.of(), Collections.emptySortedSet());
      tables.add(new TableReport(table, key, Schema.of(columns), files, counts, Map.of(), told));
    }

    return RunReport.of(tables);
  }

  private static Schema schema(Type type) {
    return Schema.of(List.of(new Column("id", type, 0)));
  }

  private static RunReport report(Type type, List<WrittenFile> files, Map<String, Long> counts) {
    return RunReport.of(
        List.of(new TableReport("orders", List.of("id"), schema(type), files, counts)));
  }

  /** The report with its files in a fixed order, because they are a set. */
  private static List<TableReport> canonical(RunReport report) {
    return report.tables().stream()
        .map(
            table ->
                new TableReport(
                    table.table(),
                    table.key(),
                    table.schema(),
                    table.files().stream()
                        .sorted(Comparator.comparing(WrittenFile::toString))
                        .toList(),
                    table.counts(),
                    table.progress(),
                    table.facts()))
        .toList();
  }
}
