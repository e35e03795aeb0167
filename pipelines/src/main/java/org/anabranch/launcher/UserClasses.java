package org.anabranch.launcher;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;

/**
 * Jars and directories of classes with pipelines of others, as the environment names them. The
 * script adds them to the class path; workers of a cluster load them beside the cluster jar.
 */
final class UserClasses {

  /** Environment variable: entries separated as in a class path; {@code DIR/*}: all its jars. */
  static final String VARIABLE = "ANABRANCH_CLASSPATH";

  private static final String ALL = "*";

  private UserClasses() {}

  /**
   * Absolute paths of the entries; none where nothing is said.
   *
   * @throws WrongCallException where one is not there or is no jar
   */
  static List<Path> in(Map<String, String> environment) {
    List<Path> entries = new ArrayList<>();
    for (String entry :
        ListText.split(environment.getOrDefault(VARIABLE, ""), File.pathSeparatorChar)) {
      if (entry.isBlank()) {
        continue;
      }

      try {
        if (entry.endsWith(File.separator + ALL)) {
          entries.addAll(jars(Path.of(entry.substring(0, entry.length() - ALL.length()))));
        } else {
          entries.add(checked(Path.of(entry).toAbsolutePath()));
        }
      } catch (InvalidPathException e) {
        throw wrong(entry, "which is no path");
      }
    }

    return entries;
  }

  private static List<Path> jars(Path directory) {
    List<Path> jars = new ArrayList<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(directory.toAbsolutePath(), "*.{jar,JAR}")) {
      files.forEach(jar -> jars.add(checked(jar)));
    } catch (IOException e) {
      throw wrong(directory + ALL, "which cannot be read: " + Reasons.of(e));
    }

    jars.sort(null);
    return jars;
  }

  private static Path checked(Path entry) {
    if (Files.isDirectory(entry)) {
      return entry;
    }

    if (!Files.exists(entry)) {
      throw wrong(entry.toString(), "which is not there");
    }

    try (JarFile jar = new JarFile(entry.toFile())) {
      return Path.of(jar.getName());
    } catch (IOException e) {
      throw wrong(entry.toString(), "which is no jar: " + Reasons.of(e));
    }
  }

  private static WrongCallException wrong(String entry, String what) {
    return new WrongCallException(
        "%s names %s, %s; it must list jars or directories of classes, separated by '%s'"
            .formatted(VARIABLE, entry, what, File.pathSeparator));
  }
}
