package org.anabranch.launcher;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.anabranch.transforms.source.Boundary;
import org.anabranch.transforms.source.SourceRules;
import org.anabranch.transforms.source.SourceRules.OnReset;
import org.anabranch.transforms.source.SourceRules.UnknownOrder;

/** Options of every run that say what the sources of changes are. */
final class SourceOptions {

  static final OptionSpec SAME_SOURCE =
      OptionSpec.of(
          "same-source",
          "OLD=NEW[,...]",
          "two names of one source, such as a server whose topic prefix has changed: the name of the"
              + " server, or the whole connector:server:database.schema");
  static final OptionSpec POSITION_RESET =
      new OptionSpec(
          "position-reset",
          "fail|new-generation",
          "fail",
          "positions of a source that go back while its time goes on, as after a failover: refuse"
              + " the table, or take what follows for newer (default fail)");
  static final OptionSpec ORDER =
      new OptionSpec(
          "order",
          "source|log",
          "source",
          "changes of connectors whose order is not known: refuse the table, or take the order of the"
              + " log (default source)");
  static final List<OptionSpec> ALL = List.of(SAME_SOURCE, POSITION_RESET, ORDER);

  private SourceOptions() {}

  /**
   * Reads the options.
   *
   * @param generations what the configuration file declares, by source
   */
  static SourceRules parse(Settings settings, Map<String, List<Boundary>> generations) {
    boolean isNew =
        settings.oneOf(POSITION_RESET, List.of("fail", "new-generation")).equals("new-generation");
    boolean isLog = settings.oneOf(ORDER, List.of("source", "log")).equals("log");
    return new SourceRules(
        same(settings),
        generations,
        isNew ? OnReset.NEW_GENERATION : OnReset.REFUSE,
        isLog ? UnknownOrder.LOG : UnknownOrder.REFUSE,
        SourceRules.MAX_TABLES,
        SourceRules.MAX_COLUMNS);
  }

  private static Map<String, String> same(Settings settings) {
    Map<String, String> same = new LinkedHashMap<>();
    for (String element : settings.list(SAME_SOURCE)) {
      int end = element.indexOf('=');
      String old = end < 0 ? "" : element.substring(0, end).strip();
      String now = element.substring(end + 1).strip();
      if (old.isEmpty() || now.isEmpty()) {
        throw settings.wrong(
            SAME_SOURCE, "must look like " + SAME_SOURCE.hint() + ", but has: " + element);
      }

      if (same.putIfAbsent(old, now) != null) {
        throw settings.wrong(SAME_SOURCE, "must name '" + old + "' once");
      }
    }

    for (String old : same.keySet()) {
      String name = old;
      for (int renamed = 0; same.containsKey(name); renamed++) {
        name = same.get(name);
        if (renamed > same.size()) {
          throw settings.wrong(SAME_SOURCE, "must not lead from '" + old + "' back to itself");
        }
      }
    }

    return same;
  }
}
