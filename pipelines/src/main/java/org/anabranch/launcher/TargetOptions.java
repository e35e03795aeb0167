package org.anabranch.launcher;

import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.anabranch.lake.DeadLetterLimit;
import org.anabranch.lake.Durability;
import org.anabranch.lake.LakeConfig;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.anabranch.transforms.parse.DeadLetters;

/**
 * Options of every run that say where tables end and when they are published.
 *
 * @param lake directory and catalog of the tables
 * @param keepVersions versions of each table that are kept
 * @param tombstoneRetention source time for which deletes are remembered
 * @param maxDeadLetters more dead letters than these fail the run
 * @param schemaChanges what happens where rows do not fit the schema of a stored table
 * @param archives whether the records of topics are kept as they come
 */
record TargetOptions(
    LakeConfig lake,
    int keepVersions,
    Duration tombstoneRetention,
    DeadLetterLimit maxDeadLetters,
    SchemaChanges schemaChanges,
    boolean archives)
    implements Serializable {

  Path warehouse() {
    return lake.warehouse();
  }

  /** Table of the records that could not be processed. */
  static final String DEAD_LETTERS = DeadLetters.TABLE;

  static final OptionSpec WAREHOUSE =
      OptionSpec.of("warehouse", "DIR", "directory of the tables; created when missing");
  static final OptionSpec MAX_DEAD_LETTERS =
      OptionSpec.of(
          "max-dead-letters",
          "N|N%",
          "fail when more records, or more of a hundred that were read, cannot be processed, and"
              + " publish only these (default: no limit)");
  static final OptionSpec KEEP_VERSIONS =
      new OptionSpec("keep-versions", "N", "100", "versions kept of each table (default 100)");

  static final OptionSpec TOMBSTONE_RETENTION =
      new OptionSpec(
          "tombstone-retention",
          "DURATION",
          "7d",
          "source time for which deletes are remembered, so that an older change does not bring a row"
              + " back (default 7d)");

  static final OptionSpec SCHEMA_CHANGES =
      new OptionSpec(
          "schema-changes",
          "[TABLE:]evolve|fail|ignore[,...]",
          "evolve",
          "new columns and types that a stored table does not hold: change the table, fail, or keep"
              + " its schema: new columns are left out, values that do not fit go to dead_letters"
              + " (default evolve)");

  static final OptionSpec ARCHIVE =
      OptionSpec.onOff(
          "archive",
          "keep every record of the topics as it came, each once, as Parquet by topic, date and hour"
              + " in the table change_archive, from which --replay reads");

  static final OptionSpec DURABILITY =
      new OptionSpec(
          "durability",
          "power-cut|process",
          "power-cut",
          "what a commit survives: that the machine loses its power (each file is forced to the disk"
              + " before anything needs it), or only that processes die (default power-cut)");

  /** Source time for which deletes are remembered. */
  static Duration retention(Settings settings) {
    return settings.duration(TOMBSTONE_RETENTION);
  }

  /**
   * Reads the options.
   *
   * @param catalog settings of the catalog
   * @param declared what the configuration file declares of tables; the options win over it
   */
  static TargetOptions parse(
      Settings settings,
      OptionSpec warehouse,
      Map<String, String> catalog,
      TableDeclarations declared) {
    return new TargetOptions(
        lake(directory(settings, warehouse), catalog).withDurability(durability(settings)),
        (int) settings.wholeNumber(KEEP_VERSIONS, 1, 1_000_000),
        retention(settings),
        maxDeadLetters(settings),
        schemaChanges(settings, declared),
        settings.isOn(ARCHIVE));
  }

  private static DeadLetterLimit maxDeadLetters(Settings settings) {
    String text = settings.find(MAX_DEAD_LETTERS);
    if (text == null) {
      return DeadLetterLimit.NONE;
    }

    try {
      return new DeadLetterLimit(text.isEmpty() ? "-" : text);
    } catch (IllegalArgumentException e) {
      throw settings.wrong(MAX_DEAD_LETTERS, String.valueOf(e.getMessage()));
    }
  }

  private static Durability durability(Settings settings) {
    String text = settings.oneOf(DURABILITY, List.of("power-cut", "process"));
    return text.equals("process") ? Durability.PROCESS : Durability.POWER_CUT;
  }

  private static SchemaChanges schemaChanges(Settings settings, TableDeclarations declared) {
    SchemaChanges given = DeclarationText.schemaChanges(settings, SCHEMA_CHANGES);
    Map<String, Policy> tables = new LinkedHashMap<>(declared.schemaChanges());
    tables.putAll(given.tables());
    return new SchemaChanges(given.others(), tables);
  }

  /** The tables of a directory, in the catalog that the settings describe. */
  static LakeConfig lake(Path directory, Map<String, String> catalog) {
    try {
      return LakeConfig.at(directory).withCatalog(catalog);
    } catch (IllegalArgumentException e) {
      throw new WrongCallException(Reasons.ofMessage(e), e);
    }
  }

  /** Options in the order of the help. */
  static List<OptionSpec> all(OptionSpec warehouse) {
    return List.of(
        warehouse,
        SCHEMA_CHANGES,
        MAX_DEAD_LETTERS,
        KEEP_VERSIONS,
        TOMBSTONE_RETENTION,
        ARCHIVE,
        DURABILITY);
  }

  /** Absolute path of a directory that exists or can be made. */
  static Path directory(Settings settings, OptionSpec option) {
    String text = settings.text(option);
    if (text.contains("://")) {
      throw settings.wrong(
          option, "must be a directory of a local or shared file system, but was: " + text);
    }

    try {
      Path path = Path.of(text).toAbsolutePath().normalize();
      if (Files.exists(path) && !Files.isDirectory(path)) {
        throw settings.wrong(option, "must be a directory, but is a file: " + path);
      }

      return path;
    } catch (InvalidPathException e) {
      throw settings.wrong(option, "must be a directory, but was: " + e.getInput());
    }
  }
}
