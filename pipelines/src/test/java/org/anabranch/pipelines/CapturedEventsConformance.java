package org.anabranch.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.anabranch.pipelines.PostgresValues.Column;
import org.anabranch.transforms.parse.DeadLetters;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.parse.TableSpec;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Events that Debezium captured from a PostgreSQL server end in the tables the server had: every
 * table, row and column, compared through another reader of the stored files. Differences are
 * allowed in exactly the values the events do not have, and the report of the run counts them.
 */
public abstract class CapturedEventsConformance {

  private static final String HISTORY_OF = "customers";
  private static final int BUCKETS = 3;

  @TempDir Path warehouse;

  /** Options of the runner. */
  protected abstract PipelineOptions options();

  /** A value of the server that the events do not have. */
  @FunctionalInterface
  interface Lost {

    /**
     * Whether this is such a value, and what is stored in its place is what follows from the
     * events.
     *
     * @param column name of the column
     * @param expected row as the server had it
     * @param image newest image of the row
     * @param stored row as it is stored
     */
    boolean explains(String column, JsonNode expected, ObjectNode image, ObjectNode stored);
  }

  /**
   * Captured events and what follows from them.
   *
   * @param file with the events
   * @param expected directory with the server's tables
   * @param tables as declared
   * @param typed tables whose stored types must be those of the server
   * @param dropped columns that the server no longer had, by table
   * @param lost values that the events do not have, by table and column
   * @param dead number of dead letters by table and reason
   */
  record Capture(
      String file,
      String expected,
      List<TableSpec> tables,
      Set<String> typed,
      Map<String, Set<String>> dropped,
      Map<String, Lost> lost,
      Map<String, Long> dead) {}

  static final Map<String, Long> AUDIT_LOG_DEAD =
      Map.of("audit_log missing-key", 2L, "audit_log delete-without-key", 1L);

  @Test
  void eventsWithSchemasNeedNoDeclaration() throws Exception {
    check(
        new Capture(
            "small-schemas.jsonl",
            "small-expected",
            List.of(TableSpec.named("customers")),
            Set.of("customers", "orders", "markers", "w"),
            Map.of("customers", Set.of("small")),
            Map.of(
                "customers.tier", CapturedEventsConformance::defaultTier,
                "customers.ratio", CapturedEventsConformance::preciseNan),
            AUDIT_LOG_DEAD));
  }

  static TableSpec customers(String createdAt, String balance) {
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("id", "bigint");
    columns.put("name", "string");
    columns.put("profile", "string");
    columns.put("updated_at", "timestamptz");
    columns.put("created_at", createdAt);
    columns.put("balance", balance);
    columns.put("ratio", "decimal");
    columns.put("score", "double");
    columns.put("attrs", "json");
    columns.put("avatar", "bytes");
    columns.put("tags", "list<string>");
    columns.put("nums", "list<int>");
    columns.put("birth", "date");
    columns.put("wake", "time");
    columns.put("active", "boolean");
    columns.put("ref", "uuid");
    return new TableSpec("customers", List.of(), columns, Set.of(), TableSpec.Form.CHANGES);
  }

  static TableSpec orders(String amount) {
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("order_no", "int");
    columns.put("amount", amount);
    columns.put("placed_at", "timestamptz");
    return new TableSpec("orders", List.of(), columns, Set.of(), TableSpec.Form.CHANGES);
  }

  static TableSpec markers() {
    return new TableSpec(
        "markers", List.of(), Map.of("id", "int"), Set.of(), TableSpec.Form.CHANGES);
  }

  /** A column was added with a default, which no event says of rows that were there. */
  static boolean defaultTier(
      String column, JsonNode expected, ObjectNode image, ObjectNode stored) {
    return !image.has(column)
        && stored.get(column).isNull()
        && expected.get(column).asText().equals("basic");
  }

  /** A column was added without a default. */
  static boolean alwaysNull(String column, JsonNode expected, ObjectNode image, ObjectNode stored) {
    return !image.has(column) && stored.get(column).isNull() && expected.get(column).isNull();
  }

  /** A column was renamed, which no event says; the value stays where it was. */
  static boolean underTheOldName(
      String column, JsonNode expected, ObjectNode image, ObjectNode stored) {
    return !image.has(column)
        && stored.get(column).isNull()
        && expected.get(column).equals(stored.get("email"));
  }

  /** A precise decimal of Debezium cannot be not-a-number: the event says null. */
  static boolean preciseNan(String column, JsonNode expected, ObjectNode image, ObjectNode stored) {
    return image.path(column).isNull()
        && stored.get(column).isNull()
        && expected.get(column).asText().equals("NaN");
  }

  /**
   * The scale of the column grew from 2 to 3; an unscaled value does not say when it was logged.
   */
  static boolean amountOfUnknownScale(
      String column, JsonNode expected, ObjectNode image, ObjectNode stored) {
    BigInteger unscaled = new BigInteger(Base64.getDecoder().decode(image.get(column).asText()));
    return stored.get(column).decimalValue().compareTo(new BigDecimal(unscaled, 3)) == 0
        && expected.get(column).decimalValue().compareTo(new BigDecimal(unscaled, 2)) == 0;
  }

  @Test
  void manyConcurrentChangesInRunsOfAnyOrderGiveTheTrueTables() throws Exception {
    Path file = TestFiles.shared("captured/large-noschemas.jsonl.gz");
    long seed = System.nanoTime();
    List<Path> parts = cut(file, 4, new Random(seed));
    try {
      check(
          new Capture(
              "large-noschemas.jsonl.gz",
              "large-expected-final",
              List.of(
                  customers("timestamp(3)", "decimal(20,6)"), orders("decimal(12,2)"), markers()),
              Set.of("customers", "orders", "markers"),
              Map.of("customers", Set.of("small", "email")),
              Map.of(
                  "customers.tier", CapturedEventsConformance::defaultTier,
                  "customers.email_addr", CapturedEventsConformance::underTheOldName,
                  "orders.channel", CapturedEventsConformance::alwaysNull),
              Map.of()),
          parts);
    } catch (AssertionError e) {
      throw new AssertionError("fails with seed " + seed + ": " + e.getMessage(), e);
    }
  }

  /** The lines in any order, in some files, one line in eight twice. */
  private List<Path> cut(Path file, int count, Random random) throws IOException {
    List<List<String>> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      parts.add(new ArrayList<>());
    }

    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        parts.get(random.nextInt(count)).add(line);
        if (random.nextInt(8) == 0) {
          parts.get(random.nextInt(count)).add(line);
        }
      }
    }

    List<Path> files = new ArrayList<>();
    for (List<String> part : parts) {
      Collections.shuffle(part, random);
      Path target = warehouse.resolveSibling("part-" + files.size() + ".jsonl");
      files.add(Files.write(target, part));
    }

    return files;
  }

  void check(Capture capture) throws IOException, SQLException {
    RunReport report = check(capture, List.of(TestFiles.shared("captured/" + capture.file())));
    checkCounts(
        report,
        EventLog.read(TestFiles.shared("captured/" + capture.file())).lines(),
        capture.dead());
  }

  /** Merges the files one after the other, a run for each; gives the report of the last. */
  private RunReport check(Capture capture, List<Path> files) throws IOException, SQLException {
    Path file = TestFiles.shared("captured/" + capture.file());
    Path expected = TestFiles.shared("captured/" + capture.expected());
    Map<String, TableSpec> declared = new LinkedHashMap<>();
    capture.tables().forEach(table -> declared.put(table.name(), table));
    RunReport report = RunReport.EMPTY;
    for (Path part : files) {
      RunReport added =
          TestRuns.replicate(
              options(),
              new TablesConfig(
                  List.of(part.toString()),
                  declared,
                  ParseConfig.Others.READ,
                  ParseConfig.Tombstones.IGNORE,
                  ParseConfig.UNAVAILABLE,
                  Map.of(),
                  Set.of(HISTORY_OF),
                  BUCKETS),
              warehouse);
      report = report.join(added);
    }

    EventLog log = EventLog.read(file);
    Map<String, Map<String, Column>> schema = PostgresValues.schema(expected.resolve("schema.txt"));
    for (Map.Entry<String, Map<String, Column>> table : schema.entrySet()) {
      checkTable(capture, expected, table.getKey(), table.getValue(), log, report, files.size());
    }

    checkDeadLetters(capture.dead());
    checkHistory(log.table(HISTORY_OF));
    return report;
  }

  private void checkTable(
      Capture capture,
      Path expected,
      String name,
      Map<String, Column> columns,
      EventLog log,
      RunReport report,
      int runs)
      throws IOException, SQLException {
    EventLog.Table events = log.table(name);
    List<JsonNode> rows = Json.readLines(expected.resolve(name + ".json"));
    boolean isDeclared = capture.tables().stream().anyMatch(table -> table.name().equals(name));
    if (events.key.isEmpty() && !isDeclared) {
      assertEquals(List.of(), rows, name);
      assertTrue(!isStored(name), name + " has no column that is known");
      return;
    }

    StoredTable stored = StoredTable.of(warehouse, name);
    if (rows.isEmpty()) {
      assertEquals(List.of(), stored.rows(), name);
      return;
    }

    Map<String, ObjectNode> storedRows = stored.byKey(events.key);
    Set<String> keys = new TreeSet<>();
    List<String> differences = new ArrayList<>();
    for (JsonNode row : rows) {
      String key = StoredTable.key(row, events.key);
      keys.add(key);
      ObjectNode storedRow = storedRows.get(key);
      if (storedRow != null) {
        differences.addAll(
            differences(capture, name, columns, row, events.images.get(key), storedRow));
      }
    }

    assertEquals(keys, new TreeSet<>(storedRows.keySet()), name);
    assertEquals(List.of(), differences, name);
    checkColumns(capture, name, columns, stored);
    // Of several runs each remarks on the rows it wrote.
    if (runs == 1) {
      assertEquals(missingColumns(stored, events), notes(report, name), name);
    }
  }

  private boolean isStored(String name) throws IOException {
    return Exported.tables(warehouse).contains(name);
  }

  private static List<String> differences(
      Capture capture,
      String table,
      Map<String, Column> columns,
      JsonNode expected,
      ObjectNode image,
      ObjectNode stored) {
    List<String> differences = new ArrayList<>();
    columns.forEach(
        (name, column) -> {
          JsonNode value = stored.path(name);
          boolean isSame =
              image.has(name) && PostgresValues.same(column.type(), expected.get(name), value);
          Lost lost = capture.lost().get(table + "." + name);
          if (!isSame && (lost == null || !lost.explains(name, expected, image, stored))) {
            differences.add(
                table + "." + name + " of " + expected.get(name) + " is stored as " + value);
          }
        });
    return differences;
  }

  private static void checkColumns(
      Capture capture, String table, Map<String, Column> columns, StoredTable stored) {
    Set<String> names = new TreeSet<>(columns.keySet());
    names.addAll(capture.dropped().getOrDefault(table, Set.of()));
    assertEquals(names, new TreeSet<>(stored.columns()), table);
    if (capture.typed().contains(table)) {
      columns.forEach(
          (name, column) -> {
            if (!column.stored().isEmpty()) {
              assertEquals(column.stored(), stored.types().get(name), table + "." + name);
            }
          });
    }
  }

  /** How many rows lack which column in their newest image, as the report is to say it. */
  private static Map<String, Long> missingColumns(StoredTable stored, EventLog.Table events) {
    Map<String, Long> missing = new TreeMap<>();
    for (String column : stored.columns()) {
      long rows = events.images.values().stream().filter(image -> !image.has(column)).count();
      if (rows > 0) {
        missing.put("`" + column + "` is not in the newest image: null", rows);
      }
    }

    return missing;
  }

  private static Map<String, Long> notes(RunReport report, String name) {
    Map<String, Long> notes = new TreeMap<>();
    TableReport table = report.table(name);
    if (table != null) {
      table
          .counts()
          .forEach(
              (what, count) -> {
                if (what.startsWith(TableReport.NOTE)) {
                  notes.put(what.substring(TableReport.NOTE.length()), count);
                }
              });
    }

    return notes;
  }

  private void checkDeadLetters(Map<String, Long> expected) throws IOException, SQLException {
    Map<String, Long> found = new HashMap<>();
    for (ObjectNode row : StoredTable.of(warehouse, DeadLetters.TABLE).rows()) {
      String what = row.path("table").asText() + " " + row.get("reason").asText();
      found.merge(what, 1L, Long::sum);
    }

    assertEquals(expected, found);
  }

  /** The history is the one that follows event by event, and ends in the current rows. */
  private void checkHistory(EventLog.Table events) throws IOException, SQLException {
    StoredTable history = StoredTable.of(warehouse, HISTORY_OF + "_history");
    List<String> expected = new ArrayList<>();
    for (EventLog.Chapter chapter : events.chapters) {
      Long to = chapter.to;
      expected.add(
          chapter(chapter.key, time(chapter.from), to == null ? null : time(to), chapter.row));
    }

    List<String> found = new ArrayList<>();
    Map<String, ObjectNode> newest = new HashMap<>();
    for (ObjectNode row : history.rows()) {
      String key = StoredTable.key(row, events.key);
      String to = row.get("valid_to").isNull() ? null : row.get("valid_to").asText();
      found.add(chapter(key, row.get("valid_from").asText(), to, row));
      assertEquals(to == null, row.get("is_current").booleanValue(), key);
      if (to == null) {
        newest.put(key, row);
      }
    }

    expected.sort(null);
    found.sort(null);
    assertEquals(String.join("\n", expected), String.join("\n", found));

    StoredTable current = StoredTable.of(warehouse, HISTORY_OF);
    Map<String, ObjectNode> rows = current.byKey(events.key);
    assertEquals(rows.keySet().size(), newest.size());
    rows.forEach(
        (key, row) ->
            current
                .columns()
                .forEach(
                    column ->
                        assertTrue(
                            Json.same(row.get(column), newest.get(key).path(column)),
                            () -> column + " of " + key)));
  }

  /** Span and texts of a version; the other columns are written in too many ways to compare. */
  private static String chapter(String key, String from, @Nullable String to, ObjectNode row) {
    StringBuilder text = new StringBuilder(key).append(' ').append(from).append(" to ").append(to);
    for (String column : List.of("name", "email", "email_addr", "profile", "tier")) {
      String value = row.path(column).isTextual() ? row.get(column).asText() : "null";
      String shown = value.length() > 20 ? value.substring(0, 10) + value.hashCode() : value;
      text.append(' ').append(shown);
    }

    return text.toString();
  }

  private static String time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
  }

  private static void checkCounts(RunReport report, int lines, Map<String, Long> deadLetters) {
    long read = 0;
    long dead = 0;
    for (TableReport table : report.tables()) {
      long accounted =
          table.count(TableReport.MERGED)
              + table.count(TableReport.IGNORED)
              + table.count(TableReport.DEAD);
      assertEquals(table.count(TableReport.READ), accounted, table.table());
      boolean isDeadLetters = table.table().equals(DeadLetters.TABLE);
      read += isDeadLetters ? 0 : table.count(TableReport.READ);
      dead += table.count(TableReport.DEAD);
    }

    assertEquals(lines, read);
    assertEquals(deadLetters.values().stream().mapToLong(Long::longValue).sum(), dead);
  }
}
