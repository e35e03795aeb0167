package org.anabranch.pipelines;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.anabranch.transforms.parse.DeadLetters;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.parse.ParseConfig.Tombstones;
import org.anabranch.transforms.parse.Route;
import org.anabranch.transforms.parse.TableSpec;
import org.anabranch.transforms.parse.TableSpec.Form;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The cases in {@code test-data/cases}, a folder each; its README says how they are written. All
 * cases that agree on what a tombstone means are one run of the pipeline.
 */
public abstract class CasesConformance {

  private static final int BUCKETS = 2;
  private static final int RUNS = 2;
  private static final int WAYS = 20;

  @TempDir Path directory;

  /** Options of the runner. */
  protected abstract PipelineOptions options();

  /**
   * One case.
   *
   * @param name of the folder; of its table, too
   * @param settings what has to be declared
   */
  record Case(String name, Path folder, ObjectNode settings) {

    static Case of(Path folder) throws IOException {
      String name = folder.getFileName().toString();
      Path file = folder.resolve("case.json");
      String settings = Files.exists(file) ? Files.readString(file) : "{}";
      return new Case(name, folder, (ObjectNode) Json.parse(settings));
    }

    String table() {
      return name.replace('-', '_');
    }

    Path input() {
      return folder.resolve("input.jsonl");
    }

    Tombstones tombstones() {
      return settings.path("tombstones").asText("ignore").equals("delete")
          ? Tombstones.DELETE
          : Tombstones.IGNORE;
    }

    /** Whether its runs have to come in the order of its lines, for a limit that is known. */
    boolean isInOrder() {
      return settings.path("in_order").asBoolean();
    }

    boolean hasHistory() {
      return settings.path("history").asBoolean();
    }

    TableSpec spec() {
      List<String> key = new ArrayList<>();
      settings.path("key").forEach(column -> key.add(column.asText()));
      Map<String, String> columns = new LinkedHashMap<>();
      settings
          .path("columns")
          .properties()
          .forEach(column -> columns.put(column.getKey(), column.getValue().asText()));
      Set<String> required = new LinkedHashSet<>();
      settings.path("required").forEach(column -> required.add(column.asText()));
      return new TableSpec(table(), key, columns, required, hasRows() ? Form.ROWS : Form.CHANGES);
    }

    boolean hasRows() {
      return settings.path("rows").asBoolean();
    }

    /** The routes of its tables: none or one. */
    List<Route> routes() {
      JsonNode route = settings.path("route");
      if (route.isMissingNode()) {
        return List.of();
      }

      List<Route.Column> columns = new ArrayList<>();
      route
          .path("key")
          .properties()
          .forEach(
              column ->
                  columns.add(
                      new Route.Column(
                          column.getKey(), column.getValue().asText(), Route.Use.KEY)));
      return List.of(
          new Route(route.get("pattern").asText(), route.get("table").asText(), columns));
    }
  }

  @Test
  void inputCutIntoRunsThatOverlapAndComeInAnyOrderChangesNothing() throws Exception {
    cutIntoRuns(System.nanoTime());
  }

  @Test
  @Tag("proof")
  void inputCutIntoRunsInManyWaysChangesNothing() throws Exception {
    long seed = System.nanoTime();
    for (int way = 0; way < ways(); way++) {
      cutIntoRuns(seed + way);
    }
  }

  /** Number of ways in which the proof cuts the input. */
  int ways() {
    return WAYS;
  }

  private void cutIntoRuns(long seed) throws Exception {
    List<Case> cases = cases();
    Path cut = Files.createDirectory(directory.resolve("cut-" + seed));
    Map<String, List<Path>> pieces = new TreeMap<>();
    for (Case each : cases) {
      Path target = Files.createDirectory(cut.resolve(each.name()));
      List<String> lines = Files.readAllLines(each.input(), ISO_8859_1);
      pieces.put(
          each.name(),
          each.isInOrder()
              ? CutLines.inOrder(lines, target, RUNS, seed)
              : CutLines.shuffled(lines, target, RUNS, seed));
    }

    List<Map<String, Path>> runs = new ArrayList<>();
    for (int run = 0; run < pieces.values().iterator().next().size(); run++) {
      Map<String, Path> inputs = new TreeMap<>();
      for (Map.Entry<String, List<Path>> each : pieces.entrySet()) {
        inputs.put(each.getKey(), each.getValue().get(run));
      }

      runs.add(inputs);
    }

    try {
      check(cases, runs, cut);
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  /** Whether what a case declares can be said here. */
  boolean canDeclare(Case each) {
    return true;
  }

  final List<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    try (Stream<Path> folders = Files.list(TestFiles.cases())) {
      for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
        Case each = Case.of(folder);
        if (canDeclare(each)) {
          cases.add(each);
        }
      }
    }

    assertTrue(!cases.isEmpty(), "there are no cases");
    return cases;
  }

  /** Merges the inputs of each run, by case, one run after the other. */
  final void check(List<Case> cases, List<Map<String, Path>> runs, Path target)
      throws IOException, SQLException {
    Map<String, List<String>> expected = new TreeMap<>();
    Map<String, List<String>> stored = new TreeMap<>();
    for (Case each : cases) {
      expected.put(each.table(), expected(each));
      stored.put(each.table(), new ArrayList<>());
    }

    for (Tombstones tombstones : Tombstones.values()) {
      List<Case> together = cases.stream().filter(each -> each.tombstones() == tombstones).toList();
      if (!together.isEmpty()) {
        Path warehouse = target.resolve("warehouse-" + tombstones);
        for (Map<String, Path> inputs : runs) {
          run(together, inputs, tombstones, warehouse);
        }

        addStored(warehouse, stored);
      }
    }

    expected.forEach(
        (table, lines) -> {
          if (sorted(lines).equals(sorted(stored.getOrDefault(table, List.of())))) {
            stored.remove(table);
          }
        });
    expected.keySet().retainAll(stored.keySet());
    assertEquals(text(expected), text(stored));
  }

  private static List<String> expected(Case each) throws IOException {
    List<String> lines = new ArrayList<>();
    for (JsonNode line : Json.readLines(each.folder().resolve("expected.jsonl"))) {
      lines.add(
          line.has("dead_letter")
              ? deadLetter(line.get("dead_letter"))
              : row(line.get("table").asText(), line.get("row")));
    }

    return lines;
  }

  private static void addStored(Path warehouse, Map<String, List<String>> stored)
      throws IOException, SQLException {
    for (String name : Exported.tables(warehouse)) {
      for (ObjectNode row : StoredTable.of(warehouse, name).rows()) {
        boolean isDead = name.equals(DeadLetters.TABLE);
        String owner = owner(isDead ? row.get("table").asText() : name, stored.keySet());
        stored
            .computeIfAbsent(owner, added -> new ArrayList<>())
            .add(isDead ? deadLetter(row.get("reason")) : row(name, row));
      }
    }
  }

  /** The case of a table: its history and the tables of its route begin with its own name. */
  private static String owner(String table, Set<String> cases) {
    return cases.stream()
        .filter(each -> table.equals(each) || table.startsWith(each + "_"))
        .findFirst()
        .orElse(table);
  }

  private static String deadLetter(JsonNode reason) {
    return "dead letter: " + reason.asText();
  }

  private static String row(String table, JsonNode row) {
    return table + " " + text(row);
  }

  /** Columns in the order of their names, without ours and without nulls; numbers by value. */
  private static String text(JsonNode value) {
    if (value.isObject()) {
      return value.properties().stream()
          .filter(field -> !field.getKey().startsWith(StoredTable.METADATA))
          .filter(field -> !field.getValue().isNull())
          .map(field -> field.getKey() + ": " + text(field.getValue()))
          .sorted()
          .collect(Collectors.joining(", ", "{", "}"));
    }

    if (value.isArray()) {
      List<String> elements = new ArrayList<>();
      value.forEach(element -> elements.add(text(element)));
      return elements.toString();
    }

    return value.isNumber()
        ? value.decimalValue().stripTrailingZeros().toPlainString()
        : value.toString();
  }

  private static List<String> sorted(List<String> lines) {
    return lines.stream().sorted().toList();
  }

  private static String text(Map<String, List<String>> cases) {
    return cases.values().stream()
        .map(lines -> String.join("\n", sorted(lines)))
        .collect(Collectors.joining("\n"));
  }

  /** Merges the inputs of cases, which are given by the case's name. */
  void run(List<Case> cases, Map<String, Path> inputs, Tombstones tombstones, Path warehouse)
      throws IOException {
    TestRuns.replicate(
        options(),
        new TablesConfig(
                cases.stream().map(each -> inputs.get(each.name()).toString()).toList(),
                cases.stream().collect(Collectors.toMap(Case::table, Case::spec)),
                ParseConfig.Others.READ,
                tombstones,
                ParseConfig.UNAVAILABLE,
                Map.of(),
                cases.stream()
                    .filter(Case::hasHistory)
                    .map(Case::table)
                    .collect(Collectors.toSet()),
                BUCKETS)
            .routing(cases.stream().flatMap(each -> each.routes().stream()).toList()),
        warehouse);
  }
}
