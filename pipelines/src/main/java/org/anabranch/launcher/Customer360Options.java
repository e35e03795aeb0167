package org.anabranch.launcher;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import org.anabranch.pipelines.Customer360Config;
import org.anabranch.transforms.customer.WindowRule;
import org.anabranch.transforms.parse.Route;
import org.jspecify.annotations.Nullable;

/**
 * Options of the pipeline {@code customer-360}.
 *
 * @param inputs globs of the change and event files
 * @param windows how interactions are counted by time
 * @param asOf instant that recency is counted back from; null: the newest order or interaction
 * @param buckets per table; 0 chooses by the size of the input
 * @param routes to which tables changes go
 */
record Customer360Options(
    List<String> inputs,
    WindowRule windows,
    @Nullable Instant asOf,
    int buckets,
    List<Route> routes) {

  static final OptionSpec INPUT =
      OptionSpec.of(
          "input",
          "GLOB[,GLOB...]",
          "files of change events and visits (default: the shipped ones)");
  static final OptionSpec WINDOW =
      new OptionSpec(
          "window",
          "DURATION",
          "1h",
          "length of the windows interactions are counted in (default 1h)");
  static final OptionSpec ALLOWED_LATENESS =
      OptionSpec.of(
          "allowed-lateness",
          "DURATION",
          "tell late visits: one that the log took so long after the end of its window, or later, is"
              + " not counted but is a row of late_interactions (default: all are counted)");
  static final OptionSpec CLOSED_WINDOWS =
      OptionSpec.onOff("closed-windows", "leave out windows that are not over yet");
  static final OptionSpec AS_OF =
      OptionSpec.of(
          "as-of",
          "INSTANT",
          "recency is counted back from here, e.g. 2026-07-01T00:00:00Z (default: the newest"
              + " event)");
  static final OptionSpec WAREHOUSE =
      new OptionSpec(
          "warehouse",
          "DIR",
          "warehouse",
          "directory of the tables; created when missing (default ./warehouse)");

  static final List<OptionSpec> ALL =
      List.of(
          INPUT,
          WINDOW,
          ALLOWED_LATENESS,
          CLOSED_WINDOWS,
          AS_OF,
          ReplicateOptions.BUCKETS,
          ReplicateOptions.ROUTE);

  private static final String SHIPPED = "test-data/customer-360/changes-*.jsonl*";

  Customer360Options {
    inputs = List.copyOf(inputs);
    routes = List.copyOf(routes);
  }

  /**
   * Reads the options.
   *
   * @param home directory of the project, where the shipped input is
   */
  static Customer360Options parse(Settings settings, Path home) {
    List<String> inputs = settings.list(INPUT);
    boolean readsShipped = inputs.isEmpty() && !TopicOptions.isGiven(settings, INPUT);
    return new Customer360Options(
        readsShipped ? List.of(home.resolve(SHIPPED).toString()) : inputs,
        windows(settings),
        asOf(settings),
        ReplicateOptions.buckets(settings),
        RouteText.routes(settings, ReplicateOptions.ROUTE));
  }

  private static WindowRule windows(Settings settings) {
    return new WindowRule(
        settings.duration(WINDOW),
        settings.isGiven(ALLOWED_LATENESS) ? settings.durationOrZero(ALLOWED_LATENESS) : null,
        settings.isOn(CLOSED_WINDOWS));
  }

  private static @Nullable Instant asOf(Settings settings) {
    String text = settings.find(AS_OF);
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeException e) {
      throw settings.wrong(
          AS_OF, "must be an instant in UTC such as 2026-07-01T00:00:00Z, but was: " + text);
    }
  }

  /** The same as the pipeline takes it. */
  Customer360Config toConfig() {
    return Customer360Config.of(inputs, buckets, windows, asOf).routing(routes);
  }
}
