package org.anabranch.launcher;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.anabranch.launcher.TextTable.Align;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.anabranch.transforms.source.TableFacts;

/**
 * What a run did, for people: a row per table, a total, then the notes. {@code seconds} counts from
 * the start of the run until the table was there.
 */
final class Summary {

  private static final List<String> COUNTS =
      List.of(
          TableReport.READ,
          TableReport.MERGED,
          TableReport.DELETED,
          TableReport.DEAD,
          TableReport.WRITTEN);

  /** Counts of rows, not of records. */
  private static final List<String> ROWS =
      List.of(
          TableReport.INSERTED, TableReport.UPDATED, TableReport.REMOVED, TableReport.UNCHANGED);

  /** Where a table is computed as a whole, its rows are not counted one by one. */
  private static final String NOT_COUNTED = "-";

  private static final int MOST_NOTES = 8;
  static final String NO_TABLE = "(no table)";

  private final RunReport report;
  private final Map<String, Double> seconds = new LinkedHashMap<>();
  private final Map<String, Long> mergedAgain = new TreeMap<>();
  private final List<String> noTables = new ArrayList<>();
  private final Map<String, Long> rowsNow = new TreeMap<>();
  private final Set<String> stored = new TreeSet<>();
  private final List<String> refusals = new ArrayList<>();

  Summary(RunReport report) {
    this.report = report;
  }

  /** How many records were read. */
  long read() {
    return counts().tables().stream().mapToLong(table -> table.count(TableReport.READ)).sum();
  }

  /** What was counted, each record once, to be added to that of other runs. */
  RunReport counts() {
    return RunReport.of(
        report.tables().stream()
            .map(
                table ->
                    new TableReport(
                        table.table(),
                        table.key(),
                        table.schema(),
                        List.of(),
                        table.countsOnce(),
                        Map.of(),
                        TableFacts.NONE,
                        table.samples()))
            .toList());
  }

  /** Notes how many rows tables have now. */
  void rowsNow(Map<String, Long> rows) {
    rowsNow.putAll(rows);
  }

  Map<String, Long> rowsNow() {
    return new TreeMap<>(rowsNow);
  }

  /** Notes the tables that were stored before. */
  void stored(Set<String> tables) {
    stored.addAll(tables);
  }

  Set<String> stored() {
    return Set.copyOf(stored);
  }

  /** Tables that an option names, of which no record came and none is stored. */
  private List<String> unknownNames() {
    return report.tables().stream()
        .filter(table -> table.count(TableReport.NAMED) > 0)
        .filter(table -> table.count(TableReport.READ) == 0 && table.files().isEmpty())
        .map(TableReport::table)
        .filter(table -> !stored.contains(table))
        .toList();
  }

  private String unknown(String table) {
    List<String> seen =
        report.tables().stream()
            .filter(part -> part.count(TableReport.READ) > 0)
            .map(TableReport::table)
            .filter(name -> !name.isEmpty() && !name.equals(TargetOptions.DEAD_LETTERS))
            .toList();
    String meant = Nearest.within(table, seen).map("; did you mean '%s'?"::formatted).orElse("");
    return "no record names the table '%s', which an option names; seen: %s%s"
        .formatted(table, seen.isEmpty() ? "none" : String.join(", ", seen), meant);
  }

  /**
   * Fails where records could not be processed, or were of none of the tables that were named, and
   * none was merged: the call is hardly what was meant.
   *
   * @throws RunFailedException with one of the records
   */
  void requireMerged() {
    boolean mayBeTheCall = false;
    long read = 0;
    long dead = 0;
    long merged = 0;
    for (TableReport table : report.tables()) {
      boolean isDeadLetters = table.table().equals(TargetOptions.DEAD_LETTERS);
      read += isDeadLetters ? 0 : table.count(TableReport.READ);
      mayBeTheCall |= DeadLetterLines.mayBeTheCall(table);
      dead += isDeadLetters ? 0 : table.count(TableReport.DEAD);
      merged += isDeadLetters ? 0 : table.count(TableReport.MERGED);
    }

    List<String> unknown = unknownNames();
    if (merged == 0 && dead == 0 && read > 0 && !unknown.isEmpty()) {
      throw new RunFailedException("nothing was merged: " + unknown(unknown.get(0)));
    }

    if (mayBeTheCall && merged == 0) {
      throw new RunFailedException(
          "nothing was merged: %d records could not be processed: %s"
              .formatted(dead, DeadLetterLines.of(report).get(0)));
    }
  }

  /** Times that tables were merged again because others wrote to them. */
  long conflicts() {
    return mergedAgain.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Notes when a table was there. */
  void published(String table, double secondsSinceStart) {
    seconds.put(table, secondsSinceStart);
  }

  /** Notes how often a table was merged again because others wrote to it. */
  void mergedAgain(String table, long times) {
    if (times > 0) {
      mergedAgain.put(table, times);
    }
  }

  /** Notes a name that an option gives and no table has. */
  void noSuchTable(String table) {
    noTables.add(table);
  }

  /** Notes tables that contradict themselves, of which nothing was committed. */
  void refused(List<String> lines) {
    refusals.addAll(lines);
  }

  /**
   * Fails where tables were refused.
   *
   * @throws RunFailedException with a line for each
   */
  void requireNoRefusal() {
    if (!refusals.isEmpty()) {
      throw new RunFailedException(refusals);
    }
  }

  void print(PrintStream out, double totalSeconds) {
    List<Align> aligns = new ArrayList<>(List.of(Align.LEFT));
    aligns.addAll(Collections.nCopies(COUNTS.size() + ROWS.size() + 2, Align.RIGHT));
    TextTable table =
        new TextTable(
            List.of(
                "table",
                "read",
                "merged",
                "deleted",
                "dead-lettered",
                "written",
                "seconds",
                "inserted",
                "updated",
                "removed",
                "unchanged",
                "rows now"),
            aligns);
    long[] totals = new long[COUNTS.size()];
    for (TableReport part : report.tables()) {
      if (!isShown(part)) {
        continue;
      }

      List<Long> counts = counts(part);
      for (int i = 0; i < totals.length; i++) {
        totals[i] += counts.get(i);
      }

      List<String> row = row(name(part), counts, seconds.getOrDefault(part.table(), totalSeconds));
      boolean isCounted = ROWS.stream().anyMatch(what -> part.count(what) > 0);
      boolean isComputed = !isCounted && part.count(TableReport.WRITTEN) > 0;
      for (String what : ROWS) {
        row.add(isComputed ? NOT_COUNTED : String.valueOf(part.count(what)));
      }

      Long now = rowsNow.get(part.table());
      row.add(now == null ? NOT_COUNTED : String.valueOf(now));
      table.add(row);
    }

    List<Long> sums = Arrays.stream(totals).boxed().toList();
    List<String> total = row("total", sums, totalSeconds);
    for (String what : ROWS) {
      total.add(String.valueOf(report.tables().stream().mapToLong(part -> part.count(what)).sum()));
    }

    total.add(String.valueOf(rowsNow.values().stream().mapToLong(Long::longValue).sum()));
    table.add(total);
    table.flush(out);
    printNotes(out);
  }

  private static List<Long> counts(TableReport part) {
    Map<String, Long> once = part.countsOnce();
    return COUNTS.stream().map(what -> once.getOrDefault(what, 0L)).toList();
  }

  private static boolean isShown(TableReport part) {
    return part.published() || COUNTS.stream().anyMatch(count -> part.count(count) > 0);
  }

  private static String name(TableReport part) {
    return part.table().isEmpty() ? NO_TABLE : part.table();
  }

  private static List<String> row(String name, List<Long> counts, double seconds) {
    List<String> cells = new ArrayList<>(List.of(name));
    counts.forEach(count -> cells.add(String.valueOf(count)));
    cells.add(String.format(Locale.ROOT, "%.1f", seconds));
    return cells;
  }

  private void printNotes(PrintStream out) {
    unknownNames().forEach(name -> out.println("note: " + unknown(name)));
    DeadLetterLines.of(report).forEach(line -> out.println("dead: " + line));
    noTables.forEach(
        table ->
            out.println(
                "note: %s: --%s names this table, but there is none"
                    .formatted(table, TargetOptions.SCHEMA_CHANGES.name())));
    long bytes = report.tables().stream().mapToLong(part -> part.count(TableReport.BYTES)).sum();
    if (bytes > 0) {
      out.println("note: " + bytes + " bytes read");
    }

    mergedAgain.forEach(
        (table, times) ->
            out.println(
                "note: " + table + ": merged again, for others wrote to it (" + times + ")"));
    for (TableReport part : report.tables()) {
      long ignored = part.count(TableReport.IGNORED);
      if (ignored > 0) {
        out.println(
            "note: " + name(part) + ": records ignored, for they change no row (" + ignored + ")");
      }

      long duplicates = part.count(TableReport.DUPLICATES);
      if (duplicates > 0) {
        out.println(
            "note: "
                + name(part)
                + ": changes that did nothing, for they or newer ones were there ("
                + duplicates
                + ")");
      }

      List<String> notes =
          part.counts().keySet().stream()
              .filter(what -> what.startsWith(TableReport.NOTE))
              .toList();
      for (String note : notes.subList(0, Math.min(notes.size(), MOST_NOTES))) {
        String text = note.substring(TableReport.NOTE.length());
        out.println("note: " + name(part) + ": " + text + " (" + part.count(note) + ")");
      }

      if (notes.size() > MOST_NOTES) {
        int more = notes.size() - MOST_NOTES;
        out.println("note: " + name(part) + ": and " + more + " more notes of this kind");
      }
    }
  }
}
