package org.anabranch.launcher;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.jspecify.annotations.Nullable;

/**
 * The options that Beam and the runner on the class path have. Here they are called in kebab case,
 * {@code --target-parallelism}; Beam calls them {@code targetParallelism}.
 */
final class RunnerOptions {

  /** Set by the launcher itself. */
  private static final String RUNNER = "runner";

  private final Map<String, String> beamNames;

  private RunnerOptions(Map<String, String> beamNames) {
    this.beamNames = Collections.unmodifiableMap(beamNames);
  }

  static RunnerOptions onClassPath() {
    Map<String, String> names = new TreeMap<>();
    for (Class<?> options : PipelineOptionsFactory.getRegisteredOptions()) {
      for (Method method : options.getMethods()) {
        String property = propertyOf(method);
        if (property != null && !property.equals(RUNNER)) {
          names.put(kebab(property), property);
        }
      }
    }

    return new RunnerOptions(names);
  }

  private static @Nullable String propertyOf(Method method) {
    boolean isGetter =
        method.getParameterCount() == 0
            && PipelineOptions.class.isAssignableFrom(method.getDeclaringClass());
    String name = method.getName();
    if (isGetter && name.startsWith("get") && name.length() > 3) {
      return name.substring(3, 4).toLowerCase(Locale.ROOT) + name.substring(4);
    }

    return isGetter && name.startsWith("is") && name.length() > 2
        ? name.substring(2, 3).toLowerCase(Locale.ROOT) + name.substring(3)
        : null;
  }

  /** {@code jobCheckIntervalInSecs} becomes {@code job-check-interval-in-secs}. */
  static String kebab(String name) {
    StringBuilder kebab = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean starts =
          Character.isUpperCase(c)
              && i > 0
              && (Character.isLowerCase(name.charAt(i - 1))
                  || Character.isDigit(name.charAt(i - 1))
                  || (i + 1 < name.length() && Character.isLowerCase(name.charAt(i + 1))));
      kebab.append(starts && kebab.charAt(kebab.length() - 1) != '-' ? "-" : "");
      kebab.append(Character.toLowerCase(c));
    }

    return kebab.toString();
  }

  /** Name of the option in kebab case; null where there is none of that name. */
  @Nullable String find(String name) {
    String kebab = kebab(name);
    return beamNames.containsKey(kebab) ? kebab : null;
  }

  Collection<String> names() {
    return beamNames.keySet();
  }

  /**
   * Options of a pipeline.
   *
   * @param runner name of the runner, which must be on the class path
   * @param values by name in kebab case
   * @throws WrongCallException naming the option whose value does not fit
   */
  PipelineOptions create(String runner, Map<String, Given> values) {
    String runnerArgument = "--" + RUNNER + "=" + className(runner);
    List<String> all = new ArrayList<>(List.of(runnerArgument));
    values.forEach(
        (name, given) -> {
          String argument = "--" + beamNames.get(name) + "=" + valueOf(given);
          checkAlone(runnerArgument, argument, given);
          all.add(argument);
        });
    return parse(all);
  }

  private static void checkAlone(String runnerArgument, String argument, Given given) {
    try {
      parse(List.of(runnerArgument, argument));
    } catch (IllegalArgumentException e) {
      throw new WrongCallException(
          given.label() + " does not accept '" + valueOf(given) + "': " + Reasons.of(e), e);
    }
  }

  private static PipelineOptions parse(List<String> arguments) {
    return PipelineOptionsFactory.fromArgs(arguments.toArray(new String[0]))
        .withValidation()
        .create();
  }

  private static String valueOf(Given given) {
    String value = given.value();
    return value == null ? "true" : value;
  }

  private static String className(String runner) {
    return runner.substring(0, 1).toUpperCase(Locale.ROOT) + runner.substring(1) + "Runner";
  }

  /** Whether the class path is that of the runner. */
  static boolean hasRunner(String runner) {
    String type = "org.apache.beam.runners." + runner + "." + className(runner);
    try {
      Class.forName(type, false, RunnerOptions.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException notThere) {
      return false;
    }
  }
}
