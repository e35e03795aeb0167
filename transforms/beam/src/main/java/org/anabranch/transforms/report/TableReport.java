package org.anabranch.transforms.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import org.anabranch.model.Schema;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.anabranch.transforms.source.TableFacts;

/**
 * What happened to one table.
 *
 * @param table name; empty for records that name no table
 * @param key names of the key columns; empty where not known
 * @param schema joined over all rows seen
 * @param files files written
 * @param counts by what was counted: {@link #READ}, {@link #MERGED}, ... or a note
 * @param progress how far its sources were read: {@code log:LOG/PARTITION} to the offset behind the
 *     last change, {@code source:SOURCE} to the time of the newest one in microseconds
 * @param facts what its changes say of the table beside their rows
 * @param samples of its dead letters, one by reason
 */
public record TableReport(
    String table,
    List<String> key,
    Schema schema,
    List<WrittenFile> files,
    Map<String, Long> counts,
    Map<String, Long> progress,
    TableFacts facts,
    Map<String, DeadLetterSample> samples) {

  /** Name of the table of records that could not be processed. */
  public static final String DEAD_LETTERS = "dead_letters";

  /** Records read; always merged + ignored + dead. */
  public static final String READ = "read";

  /** Changes (and rows of a base) that took part in the merge. */
  public static final String MERGED = "merged";

  /** Deletes and truncates among the merged changes. */
  public static final String DELETED = "deleted";

  /** Records that are no changes: transactions, heartbeats, repeated tombstones. */
  public static final String IGNORED = "ignored";

  /** Records that could not be processed. */
  public static final String DEAD = "dead";

  /**
   * Counts whose name begins so are of dead letters by reason: the rest of the name is its code.
   */
  public static final String DEAD_OF = "dead:";

  /** Rows that the run made, changed and took out, and named rows that stayed as they were. */
  public static final String INSERTED = "inserted";

  public static final String UPDATED = "updated";
  public static final String REMOVED = "removed";

  /** Buckets whose files were written anew, without any change to their rows. */
  public static final String COMPACTED = "compacted";

  public static final String UNCHANGED = "unchanged";

  /**
   * 1 where an option names the table: it is made only if there is something to put into it. A
   * table of the pipeline itself, which others are computed from, is made in any case.
   */
  public static final String NAMED = "named";

  /** Rows written. */
  public static final String WRITTEN = "written";

  /**
   * Merged changes that did nothing: the table had them or newer ones, or another record of the
   * same run is the same change. Where a table has a history, only those that it had.
   */
  public static final String DUPLICATES = "duplicates";

  /** Bytes of the records read: keys and values, or lines. Counted for all tables together. */
  public static final String BYTES = "bytes";

  /** Rows that were changed by two sources, whose positions do not compare. */
  public static final String CONFLICTS = "conflicts";

  /** Counts whose name begins so are remarks for people: the rest of the name is the text. */
  public static final String NOTE = "note:";

  /** Counts of rows, not of records. */
  private static final Set<String> OF_ROWS = Set.of(WRITTEN, INSERTED, UPDATED, REMOVED, UNCHANGED);

  public TableReport {
    key = List.copyOf(key);
    files = List.copyOf(files);
    counts = Collections.unmodifiableMap(new TreeMap<>(counts));
    progress = Collections.unmodifiableMap(new TreeMap<>(progress));
    samples = Collections.unmodifiableMap(new TreeMap<>(samples));
  }

  /** What was counted, each record once: dead letters count for the tables they were meant for. */
  public Map<String, Long> countsOnce() {
    if (!table.equals(DEAD_LETTERS)) {
      return counts;
    }

    Map<String, Long> once = new TreeMap<>(counts);
    once.keySet().retainAll(OF_ROWS);
    return once;
  }

  /** Report without dead letters. */
  public TableReport(
      String table,
      List<String> key,
      Schema schema,
      List<WrittenFile> files,
      Map<String, Long> counts,
      Map<String, Long> progress,
      TableFacts facts) {
    this(table, key, schema, files, counts, progress, facts, Map.of());
  }

  /** Report without facts. */
  public TableReport(
      String table,
      List<String> key,
      Schema schema,
      List<WrittenFile> files,
      Map<String, Long> counts,
      Map<String, Long> progress) {
    this(table, key, schema, files, counts, progress, TableFacts.NONE);
  }

  /** Report without progress. */
  public TableReport(
      String table,
      List<String> key,
      Schema schema,
      List<WrittenFile> files,
      Map<String, Long> counts) {
    this(table, key, schema, files, counts, Map.of());
  }

  /** Report with progress only. */
  public static TableReport progressing(String table, Map<String, Long> progress) {
    return new TableReport(table, List.of(), Schema.EMPTY, List.of(), Map.of(), progress);
  }

  /** Report with facts only. */
  public static TableReport telling(String table, TableFacts facts) {
    return new TableReport(table, List.of(), Schema.EMPTY, List.of(), Map.of(), Map.of(), facts);
  }

  /** The same with other facts. */
  public TableReport with(TableFacts other) {
    return new TableReport(table, key, schema, files, counts, progress, other, samples);
  }

  /** Why the table is refused; none where it is not. */
  public SortedSet<String> refusals() {
    return facts.values(TableFacts.REFUSED);
  }

  /** Report with counts only. */
  public static TableReport counting(String table, Map<String, Long> counts) {
    return new TableReport(table, List.of(), Schema.EMPTY, List.of(), counts);
  }

  /**
   * Whether the run makes this a table of the warehouse. A table of which no column is known is
   * none: it was not declared, and all its records are dead letters.
   */
  public boolean published() {
    return !table.isEmpty() && !schema.columns().isEmpty();
  }

  /** Whether the table is nothing but a name that was given. */
  boolean isOnlyNamed() {
    return count(NAMED) > 0 && count(MERGED) == 0 && files.isEmpty();
  }

  /** What was counted of it alone: the run does not make it a table. */
  TableReport unpublished() {
    return new TableReport(
        table, List.of(), Schema.EMPTY, List.of(), counts, progress, facts, samples);
  }

  public long count(String what) {
    return counts.getOrDefault(what, 0L);
  }

  TableReport join(TableReport other) {
    List<WrittenFile> allFiles = new ArrayList<>(files);
    allFiles.addAll(other.files);
    Map<String, Long> sums = new TreeMap<>(counts);
    other.counts.forEach((what, count) -> sums.merge(what, count, Long::sum));
    Map<String, Long> furthest = new TreeMap<>(progress);
    other.progress.forEach((what, place) -> furthest.merge(what, place, Math::max));
    Map<String, DeadLetterSample> least = new TreeMap<>(samples);
    other.samples.forEach((reason, one) -> least.merge(reason, one, DeadLetterSample::join));
    return new TableReport(
        table,
        joinKeys(key, other.key),
        schema.join(other.schema),
        allFiles,
        sums,
        furthest,
        facts.join(other.facts),
        least);
  }

  /** The key columns that a table is said to have: the longer list, else the first by text. */
  public static List<String> joinKeys(List<String> left, List<String> right) {
    if (left.size() != right.size()) {
      return left.size() > right.size() ? left : right;
    }

    return String.join(",", left).compareTo(String.join(",", right)) <= 0 ? left : right;
  }
}
