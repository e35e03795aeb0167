package org.anabranch.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where a warehouse keeps what. Versions count from 1; 0 stands for no version. */
final class WarehouseLayout {

  /** File in the state directory that the run that writes has locked. */
  static final String LOCK = "lock";

  static final String DESCRIPTION = "_ab_table.json";

  private static final String STATE = ".anabranch";
  private static final Pattern VERSION = Pattern.compile("v(\\d{6,18})");

  private final Path directory;

  WarehouseLayout(Path directory) {
    this.directory = directory;
  }

  Path directory() {
    return directory;
  }

  /** What only this package reads and writes. */
  Path state() {
    return directory.resolve(STATE);
  }

  /** Says who has the lock; a file of its own, because closing the lock's file unlocks it. */
  Path owner() {
    return state().resolve("owner");
  }

  /** Files of the runs that are under way, a directory per run. */
  Path staging() {
    return state().resolve("staging");
  }

  /** The versions of all tables, a directory per table. */
  Path tables() {
    return state().resolve("tables");
  }

  Path versions(String table) {
    return tables().resolve(table);
  }

  Path version(String table, long version) {
    return versions(table).resolve(versionName(version));
  }

  /** The link by which a table is found. */
  Path link(String table) {
    return directory.resolve(table);
  }

  /** What the link of a table contains: relative, so that the warehouse can be moved. */
  Path linkTarget(String table, long version) {
    return Path.of(STATE, "tables", table, versionName(version));
  }

  private static String versionName(long version) {
    return String.format(Locale.ROOT, "v%06d", version);
  }

  /** The version the link of a table points to, 0 where there is no such link. */
  long current(String table) throws IOException {
    Path link = link(table);
    if (!Files.isSymbolicLink(link)) {
      return 0;
    }

    Path target = Files.readSymbolicLink(link);
    long version = number(target.getFileName());
    return version > 0 && target.equals(linkTarget(table, version)) ? version : 0;
  }

  /** Versions that exist, ascending; those behind the current one were never published. */
  List<Long> existing(String table) throws IOException {
    List<Long> numbers = new ArrayList<>();
    for (Path entry : children(versions(table))) {
      long number = number(entry.getFileName());
      if (number > 0) {
        numbers.add(number);
      }
    }

    Collections.sort(numbers);
    return numbers;
  }

  private static long number(Path name) {
    Matcher version = VERSION.matcher(name.toString());
    return version.matches() ? Long.parseLong(version.group(1)) : 0;
  }

  /** Entries of a directory by name; none where it does not exist. */
  static List<Path> children(Path parent) throws IOException {
    if (!Files.isDirectory(parent)) {
      return List.of();
    }

    try (Stream<Path> entries = Files.list(parent)) {
      return entries.sorted().toList();
    }
  }
}
