package org.anabranch.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.anabranch.transforms.source.Boundary;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * The configuration file of a run: everything the command line can say, under the same names. The
 * options of the runner are under {@code options}; {@code tables} is a list, or a mapping that
 * declares each table.
 *
 * @param settings by option name
 * @param tables what {@code tables} declares
 * @param runnerOptions Beam options by name
 * @param catalog settings of the catalog that names the tables; none for the directory itself
 * @param kafka properties of the Kafka client, such as those of TLS and SASL
 * @param generations where the numbers of sources start again, by source
 * @param warnings what a person should know of it
 */
record RunFile(
    Map<String, Given> settings,
    TableDeclarations tables,
    Map<String, Given> runnerOptions,
    Map<String, String> catalog,
    Map<String, String> kafka,
    Map<String, List<Boundary>> generations,
    List<String> warnings) {

  static final RunFile EMPTY =
      new RunFile(
          Map.of(), TableDeclarations.NONE, Map.of(), Map.of(), Map.of(), Map.of(), List.of());

  /** Names the pipeline, for calls that do not. */
  static final String PIPELINE = "pipeline";

  private static final String TABLES = "tables";
  private static final String OPTIONS = "options";
  private static final String CATALOG = "catalog";
  private static final String KAFKA = "kafka";
  private static final String SOURCES = "sources";
  private static final String GENERATIONS = "generations";
  private static final String FROM = "from";
  private static final String ROUTE = ReplicateOptions.ROUTE.name();
  private static final String KEY = "key";
  private static final String COLUMNS = "columns";
  private static final String BASE = "base";
  private static final String HISTORY = "history";

  /** Options that may be a mapping by table. */
  private static final Set<String> BY_TABLE =
      Set.of("keys", COLUMNS, BASE, TargetOptions.SCHEMA_CHANGES.name());

  private static final String SCHEMA_CHANGES = TargetOptions.SCHEMA_CHANGES.name();

  RunFile {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    runnerOptions = Collections.unmodifiableMap(new LinkedHashMap<>(runnerOptions));
    catalog = Collections.unmodifiableMap(new LinkedHashMap<>(catalog));
    kafka = Collections.unmodifiableMap(new LinkedHashMap<>(kafka));
    warnings = List.copyOf(warnings);
    generations = Collections.unmodifiableMap(new LinkedHashMap<>(generations));
  }

  /** Settings of the catalog in a file for any pipeline. */
  static Map<String, String> catalog(Path path, CallContext context) {
    List<String> names = new ArrayList<>();
    for (NamedPipeline pipeline : NamedPipeline.all()) {
      pipeline.options().forEach(option -> names.add(option.name()));
    }

    RunFile file = read(path, names, context.environment());
    file.warnings().forEach(warning -> context.err().println("note: " + warning));
    return file.catalog();
  }

  /**
   * Reads a file.
   *
   * @param optionNames names of the options that the pipeline and the run have
   * @throws WrongCallException with the place of the mistake
   */
  static RunFile read(Path path, Collection<String> optionNames, Map<String, String> environment) {
    YamlFile file = YamlFile.read(path, environment);
    List<String> allowed = new ArrayList<>(optionNames);
    allowed.add(PIPELINE);
    allowed.add(OPTIONS);
    allowed.add(CATALOG);
    allowed.add(KAFKA);
    allowed.add(SOURCES);
    Map<String, String> catalog = new LinkedHashMap<>();
    Map<String, String> kafka = new LinkedHashMap<>();
    Map<String, Given> settings = new LinkedHashMap<>();
    Map<String, Given> runnerOptions = new LinkedHashMap<>();
    TableDeclarations tables = TableDeclarations.NONE;
    Map<String, List<Boundary>> generations = new LinkedHashMap<>();
    List<String> warnings = new ArrayList<>();
    for (Map.Entry<String, Node> entry : file.entries(allowed).entrySet()) {
      String name = entry.getKey();
      Node value = entry.getValue();
      if (name.equals(PIPELINE)) {
        // Known already: what the file may say depends on it.
        file.text(value);
      } else if (name.equals(OPTIONS)) {
        file.entries(value)
            .forEach((option, node) -> runnerOptions.put(option, given(file, option, node)));
      } else if (name.equals(CATALOG)) {
        file.entries(value)
            .forEach(
                (setting, node) -> {
                  warnOfSecret(file, setting, node, warnings);
                  catalog.put(setting, file.text(node));
                });
      } else if (name.equals(KAFKA)) {
        file.entries(value)
            .forEach(
                (property, node) -> {
                  warnOfSecret(file, property, node, warnings);
                  kafka.put(property, file.text(node));
                });
      } else if (name.equals(SOURCES)) {
        file.entries(value)
            .forEach((source, node) -> generations.put(source, generations(file, node)));
      } else if (name.equals(TABLES) && YamlFile.isMapping(value)) {
        tables = tables(file, value);
      } else if (name.equals(ROUTE)) {
        // In a route, ${name} is a group of its expression.
        String routes = String.join(",", file.textsAsWritten(value));
        settings.put(name, new Given(routes, file.place(value), name));
      } else {
        settings.put(name, given(file, name, value));
      }
    }

    return new RunFile(settings, tables, runnerOptions, catalog, kafka, generations, warnings);
  }

  private static void warnOfSecret(YamlFile file, String name, Node value, List<String> warnings) {
    if (Secrets.isPlain(name, String.join("", file.textsAsWritten(value)))) {
      warnings.add(
          "%s%s holds a password in plain text; write ${file:PATH} or ${env:NAME} in its place"
              .formatted(file.place(value), name));
    }
  }

  private static List<Boundary> generations(YamlFile file, Node source) {
    List<Boundary> boundaries = new ArrayList<>();
    Node list = file.entries(source, List.of(GENERATIONS)).get(GENERATIONS);
    for (Node generation : list == null ? List.<Node>of() : file.elements(list)) {
      Node from = file.entries(generation, List.of(FROM)).get(FROM);
      if (from == null) {
        throw file.mistake(generation, "a generation needs the place it begins at: from: ...");
      }

      boundaries.add(checked(file, from, FROM, () -> BoundaryText.parse(file.texts(from))));
    }

    return boundaries;
  }

  private static Given given(YamlFile file, String name, Node value) {
    String text =
        YamlFile.isMapping(value) && BY_TABLE.contains(name)
            ? byTable(file, name, value)
            : String.join(",", file.texts(value));
    return new Given(text, file.place(value), name);
  }

  /** What an option says of tables, as the command line writes it. */
  private static String byTable(YamlFile file, String name, Node value) {
    List<String> parts = new ArrayList<>();
    for (Map.Entry<String, Node> table : file.entries(value).entrySet()) {
      Node said = table.getValue();
      if (YamlFile.isMapping(said)) {
        List<String> columns = new ArrayList<>();
        file.entries(said).forEach((column, type) -> columns.add(column + " " + file.text(type)));
        parts.add(table.getKey() + ":" + String.join(", ", columns));
      } else if (name.equals(BASE)) {
        parts.add(table.getKey() + "=" + file.text(said));
      } else {
        parts.add(table.getKey() + ":" + String.join("+", file.texts(said)));
      }
    }

    return String.join(name.equals(COLUMNS) ? ";" : ",", parts);
  }

  private static TableDeclarations tables(YamlFile file, Node node) {
    Set<String> names = new LinkedHashSet<>();
    Map<String, List<String>> keys = new LinkedHashMap<>();
    Map<String, Map<String, String>> columns = new LinkedHashMap<>();
    Map<String, String> bases = new LinkedHashMap<>();
    Set<String> histories = new LinkedHashSet<>();
    Map<String, Policy> schemaChanges = new LinkedHashMap<>();
    boolean saysHistory = false;
    for (Map.Entry<String, Node> entry : file.entries(node).entrySet()) {
      Node value = entry.getValue();
      String table = checked(file, value, TABLES, () -> DeclarationRules.table(entry.getKey()));
      names.add(table);
      if (!YamlFile.isMapping(value) && file.text(value).isEmpty()) {
        continue;
      }

      Map<String, Node> parts =
          file.entries(value, List.of(KEY, COLUMNS, BASE, HISTORY, SCHEMA_CHANGES));
      Node key = parts.get(KEY);
      if (key != null) {
        keys.put(
            table, checked(file, key, KEY, () -> DeclarationRules.key(table, file.texts(key))));
      }

      Node types = parts.get(COLUMNS);
      if (types != null) {
        columns.put(table, columns(file, types));
      }

      Node base = parts.get(BASE);
      if (base != null) {
        bases.put(table, file.text(base));
      }

      Node history = parts.get(HISTORY);
      if (history != null) {
        saysHistory = true;
        if (isTrue(file, history)) {
          histories.add(table);
        }
      }

      Node changes = parts.get(SCHEMA_CHANGES);
      if (changes != null) {
        String policy = file.text(changes);
        schemaChanges.put(
            table, checked(file, changes, SCHEMA_CHANGES, () -> DeclarationRules.policy(policy)));
      }
    }

    return new TableDeclarations(
        names, keys, columns, bases, saysHistory ? histories : null, schemaChanges);
  }

  private static Map<String, String> columns(YamlFile file, Node node) {
    Map<String, String> columns = new LinkedHashMap<>();
    file.entries(node)
        .forEach(
            (column, type) -> {
              String text = file.text(type);
              checked(file, type, COLUMNS, () -> DeclarationRules.type(column, text));
              columns.put(column, text);
            });
    return columns;
  }

  private static boolean isTrue(YamlFile file, Node node) {
    String text = file.text(node);
    if (!text.equals("true") && !text.equals("false")) {
      throw file.mistake(node, HISTORY + " must be true or false, but was: " + text);
    }

    return text.equals("true");
  }

  private static <T> T checked(YamlFile file, Node node, String name, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw file.mistake(node, name + " " + Reasons.ofMessage(e));
    }
  }
}
