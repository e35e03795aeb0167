package org.anabranch.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * References in the values of configuration files: <code>${env:NAME}</code> is the value of an
 * environment variable, <code>${file:PATH}</code> the text of a file without the line feed at its
 * end, as secrets are mounted, <code>${processors}</code> the number of processors of this machine.
 * The first two are taken for secrets ({@link Secrets}), whatever they are used for.
 */
final class References {

  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}]*)}");
  private static final String PROCESSORS = "processors";
  private static final String ENVIRONMENT = "env:";
  private static final String FILE = "file:";

  private final Map<String, String> environment;

  References(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /**
   * Text with every reference replaced.
   *
   * @throws IllegalArgumentException for a reference to nothing
   */
  String resolve(String text) {
    Matcher matcher = REFERENCE.matcher(text);
    StringBuilder resolved = new StringBuilder();
    while (matcher.find()) {
      String value = valueOf(matcher.group(1));
      if (!matcher.group(1).equals(PROCESSORS)) {
        Secrets.remember(value);
      }

      matcher.appendReplacement(resolved, Matcher.quoteReplacement(value));
    }

    return matcher.appendTail(resolved).toString();
  }

  private String valueOf(String reference) {
    if (reference.equals(PROCESSORS)) {
      return String.valueOf(Runtime.getRuntime().availableProcessors());
    }

    if (reference.startsWith(FILE)) {
      return textOf(reference.substring(FILE.length()));
    }

    if (!reference.startsWith(ENVIRONMENT)) {
      throw new IllegalArgumentException(
          "a reference must be ${env:NAME}, ${file:PATH} or ${processors}, but was: ${"
              + reference
              + "}");
    }

    String name = reference.substring(ENVIRONMENT.length());
    String value = environment.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the environment variable " + name + " is not set");
    }

    return value;
  }

  private static String textOf(String path) {
    try {
      return Files.readString(Path.of(path)).stripTrailing();
    } catch (IOException | InvalidPathException e) {
      throw new IllegalArgumentException("the file " + path + " cannot be read", e);
    }
  }
}
