package org.anabranch.testdata;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Command line arguments of the form {@code --name=value}. Every error is an {@link
 * IllegalArgumentException} with one line that names the option, the rule and the value.
 */
final class Arguments {

  private final Map<String, String> values;

  private Arguments(Map<String, String> values) {
    this.values = values;
  }

  static boolean askForHelp(String[] arguments) {
    return Arrays.asList(arguments).contains("--help");
  }

  /** Reads arguments, each of one of the allowed names; the last of a name counts. */
  static Arguments of(String[] arguments, List<String> names) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (!argument.startsWith("--") || equals < 0) {
        throw new IllegalArgumentException(
            "an option must look like --name=value, but was: " + argument);
      }

      String name = argument.substring(2, equals);
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            "an option must be one of --" + String.join(", --", names) + ", but was: --" + name);
      }

      values.put(name, argument.substring(equals + 1));
    }

    return new Arguments(values);
  }

  /** Returns the directory that must be given. */
  Path directory(String name) {
    String value = values.getOrDefault(name, "");
    if (value.isEmpty()) {
      throw new IllegalArgumentException("--" + name + "=DIR must be given");
    }

    try {
      return Path.of(value);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          "--" + name + " must be a directory, but was: " + value, e);
    }
  }

  String text(String name, String fallback) {
    return values.getOrDefault(name, fallback);
  }

  int count(String name, int fallback) {
    String value = values.get(name);
    if (value == null) {
      return fallback;
    }

    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw notAWholeNumber(name, value, e);
    }
  }

  long seed(String name, long fallback) {
    String value = values.get(name);
    if (value == null) {
      return fallback;
    }

    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw notAWholeNumber(name, value, e);
    }
  }

  double number(String name, double fallback) {
    String value = values.get(name);
    if (value == null) {
      return fallback;
    }

    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--" + name + " must be a number, but was: " + value, e);
    }
  }

  private static IllegalArgumentException notAWholeNumber(
      String name, String value, NumberFormatException cause) {
    return new IllegalArgumentException(
        "--" + name + " must be a whole number, but was: " + value, cause);
  }
}
