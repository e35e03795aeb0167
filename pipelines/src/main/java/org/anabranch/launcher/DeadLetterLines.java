package org.anabranch.launcher;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.anabranch.transforms.parse.DeadLetterReason;
import org.anabranch.transforms.report.DeadLetterSample;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;

/**
 * Says of the records that could not be processed, by table and reason, how many they are, shows
 * one of them with its place, and what can be done.
 */
final class DeadLetterLines {

  /** As the parser says that a column of the key is not in the row. */
  private static final Pattern NO_COLUMN = Pattern.compile("no column '(.+)'; columns are (.+)");

  private DeadLetterLines() {}

  /** Why a record may be dead for which another call, or another file, is the remedy. */
  private static final Set<String> OF_THE_CALL =
      Stream.of(
              DeadLetterReason.INVALID_JSON,
              DeadLetterReason.NOT_AN_EVENT,
              DeadLetterReason.MISSING_KEY,
              DeadLetterReason.DELETE_WITHOUT_KEY,
              DeadLetterReason.WRONG_TYPE,
              DeadLetterReason.MISSING_COLUMN,
              DeadLetterReason.TOO_LARGE)
          .map(DeadLetterReason::code)
          .collect(Collectors.toUnmodifiableSet());

  /** Whether records of a table are dead that another call could have read. */
  static boolean mayBeTheCall(TableReport table) {
    return table.samples().keySet().stream().anyMatch(OF_THE_CALL::contains);
  }

  private record Line(long count, String text) {}

  /** The lines, those of the most records first. */
  static List<String> of(RunReport report) {
    List<Line> lines = new ArrayList<>();
    for (TableReport table : report.tables()) {
      table
          .samples()
          .forEach(
              (reason, sample) -> {
                long count = table.count(TableReport.DEAD_OF + reason);
                lines.add(new Line(count, line(table.table(), reason, count, sample)));
              });
    }

    return lines.stream()
        .sorted(Comparator.comparingLong(Line::count).reversed().thenComparing(Line::text))
        .map(Line::text)
        .toList();
  }

  private static String line(String table, String reason, long count, DeadLetterSample sample) {
    String remedy = remedy(table, reason, sample);
    return "%s %s %d, e.g. %s: %s%s"
        .formatted(
            table.isEmpty() ? Summary.NO_TABLE : table,
            reason,
            count,
            sample.place(),
            sample.detail(),
            remedy.isEmpty() ? "" : "; " + remedy);
  }

  /** What can be done; empty where the detail says it already. */
  private static String remedy(String table, String reason, DeadLetterSample sample) {
    String detail = sample.detail();
    if (reason.equals(DeadLetterReason.INVALID_JSON.code()) || detail.startsWith("a list of ")) {
      return InputForm.hint(sample);
    }

    if (reason.equals(DeadLetterReason.MISSING_KEY.code())
        || reason.equals(DeadLetterReason.DELETE_WITHOUT_KEY.code())) {
      return ofKey(table, detail);
    }

    return "";
  }

  private static String ofKey(String table, String detail) {
    Matcher noColumn = NO_COLUMN.matcher(detail);
    if (!noColumn.matches()) {
      return detail.startsWith("the event has no key")
          ? "name its columns with --keys=%s:COLUMN[+COLUMN...]".formatted(table)
          : "";
    }

    List<String> columns = Arrays.asList(noColumn.group(2).split(", ", -1));
    return near(noColumn.group(1), columns)
        .map(column -> "did you mean --keys=%s:%s?".formatted(table, column))
        .orElse("give one of them with --keys=%s:COLUMN".formatted(table));
  }

  /** The column that was probably meant: nearly the same, or a part of the name, or the whole. */
  private static Optional<String> near(String wanted, List<String> columns) {
    String name = wanted.toLowerCase(Locale.ROOT);
    Optional<String> part =
        columns.stream()
            .filter(
                column -> {
                  String other = column.toLowerCase(Locale.ROOT);
                  return name.contains(other) || other.contains(name);
                })
            .max(Comparator.comparingInt(String::length));
    return part.isPresent() ? part : Nearest.within(name, columns);
  }
}
