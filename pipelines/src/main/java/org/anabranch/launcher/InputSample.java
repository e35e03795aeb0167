package org.anabranch.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.anabranch.files.FirstLines;
import org.anabranch.kafka.FirstRecords;
import org.anabranch.kafka.TopicSlices;
import org.anabranch.lake.Lake;
import org.anabranch.model.Schema;
import org.anabranch.model.Values;
import org.anabranch.transforms.parse.ChangeLines;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;

/**
 * What the first records of the input would become: parses up to {@value #MOST} of them as a run
 * does, and writes nothing.
 */
final class InputSample {

  static final int MOST = 1_000;

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final int MOST_COLUMNS = 40;

  private final RunReport report;
  private final long records;
  private final List<String> named;

  private InputSample(RunReport report, long records, Collection<String> named) {
    this.named = List.copyOf(named);
    this.report = report;
    this.records = records;
  }

  /**
   * Reads the first records.
   *
   * @throws RunFailedException where brokers do not answer, or a topic is missing
   */
  static InputSample of(RunCall call, Lake lake) throws IOException {
    ParseConfig config = call.plan().tables().parsing(lake.look(), call.target().schemaChanges());
    ChangeLines lines =
        new ChangeLines(config, Values.micros(Instant.now()), (bucket, batch) -> {});
    long records = call.topics() == null ? lines(call, lines) : records(call, lake, lines);
    return new InputSample(lines.finish(), records, call.plan().tables().tables().keySet());
  }

  private static long lines(RunCall call, ChangeLines lines) throws IOException {
    return FirstLines.read(
        call.input().changes(),
        MOST,
        (file, offset, line) -> lines.parse(file, offset, line, 0, line.length));
  }

  private static long records(RunCall call, Lake lake, ChangeLines lines) throws IOException {
    TopicOptions topics = java.util.Objects.requireNonNull(call.topics());
    try (TopicFeed feed = TopicFeed.open(topics)) {
      TopicSlices first = feed.waiting(lake).limitedTo(MOST);
      FirstRecords.read(
          topics.kafka(),
          first,
          PATIENCE,
          record ->
              lines.record(
                  record.topic(),
                  record.partition(),
                  record.offset(),
                  record.timestampMillis(),
                  record.key(),
                  record.value(),
                  record.recordHeaders()));
      return first.records();
    }
  }

  /** Prints tables, keys, types and what cannot be processed. */
  void print(PrintStream out) {
    out.println("%-13s %s".formatted("sample", "the first " + records + " records"));
    for (TableReport table : report.tables()) {
      boolean isOfRows = !table.table().isEmpty() && table.count(TableReport.MERGED) > 0;
      if (isOfRows && !table.table().equals(TargetOptions.DEAD_LETTERS)) {
        out.println("%-13s %s".formatted("", describe(table)));
      }
    }

    for (String name : named) {
      TableReport seen = report.table(name);
      if (seen == null || seen.count(TableReport.READ) == 0) {
        out.println("%-13s %s".formatted("note", "none of them names the table '" + name + "'"));
      }
    }

    DeadLetterLines.of(report).forEach(line -> out.println("%-13s %s".formatted("dead", line)));
  }

  private static String describe(TableReport table) {
    List<String> columns = new ArrayList<>();
    for (Schema.Column column : table.schema().columns()) {
      columns.add(column.name() + " " + column.type().plain());
    }

    int more = columns.size() - MOST_COLUMNS;
    return "%s: %d changes, key %s; %s%s"
        .formatted(
            table.table(),
            table.count(TableReport.MERGED),
            String.join("+", table.key()),
            columns.stream().limit(MOST_COLUMNS).collect(Collectors.joining(", ")),
            more > 0 ? ", and " + more + " more" : "");
  }

  /**
   * Fails where none of the records could be processed.
   *
   * @throws RunFailedException with one of them
   */
  void requireMerged() {
    new Summary(report).requireMerged();
  }
}
