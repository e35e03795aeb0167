package org.anabranch.launcher;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.anabranch.lake.LakeConfig;

/**
 * Options of every run that say where tables end and when they are published.
 *
 * @param warehouse directory of the tables
 * @param keepVersions versions of each table that are kept
 * @param maxDeadLetters more dead letters than these fail the run
 */
record TargetOptions(Path warehouse, int keepVersions, long maxDeadLetters) {

  /** The tables of the warehouse. */
  LakeConfig lake() {
    return LakeConfig.at(warehouse);
  }

  /** Table of the records that could not be processed. */
  static final String DEAD_LETTERS = "dead_letters";

  static final OptionSpec WAREHOUSE =
      OptionSpec.of("warehouse", "DIR", "directory of the tables; created when missing");
  static final OptionSpec MAX_DEAD_LETTERS =
      OptionSpec.of(
          "max-dead-letters",
          "N",
          "fail when more records cannot be processed, and publish only these (default: no limit)");
  static final OptionSpec KEEP_VERSIONS =
      new OptionSpec("keep-versions", "N", "100", "versions kept of each table (default 100)");

  static TargetOptions parse(Settings settings, OptionSpec warehouse) {
    return new TargetOptions(
        directory(settings, warehouse),
        (int) settings.wholeNumber(KEEP_VERSIONS, 1, 1_000_000),
        settings.find(MAX_DEAD_LETTERS) == null
            ? Long.MAX_VALUE
            : settings.wholeNumber(MAX_DEAD_LETTERS, 0, Long.MAX_VALUE));
  }

  /** Options in the order of the help. */
  static List<OptionSpec> all(OptionSpec warehouse) {
    return List.of(warehouse, MAX_DEAD_LETTERS, KEEP_VERSIONS);
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
