package org.anabranch.launcher;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * References in the values of configuration files: <code>${env:NAME}</code> is the value of an
 * environment variable, <code>${processors}</code> the number of processors of this machine.
 */
final class References {

  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}]*)}");
  private static final String ENVIRONMENT = "env:";

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
      matcher.appendReplacement(resolved, Matcher.quoteReplacement(valueOf(matcher.group(1))));
    }

    return matcher.appendTail(resolved).toString();
  }

  private String valueOf(String reference) {
    if (reference.equals("processors")) {
      return String.valueOf(Runtime.getRuntime().availableProcessors());
    }

    if (!reference.startsWith(ENVIRONMENT)) {
      throw new IllegalArgumentException(
          "a reference must be ${env:NAME} or ${processors}, but was: ${" + reference + "}");
    }

    String name = reference.substring(ENVIRONMENT.length());
    String value = environment.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the environment variable " + name + " is not set");
    }

    return value;
  }
}
