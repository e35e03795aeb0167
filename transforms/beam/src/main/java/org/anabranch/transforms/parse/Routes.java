package org.anabranch.transforms.parse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.anabranch.transforms.parse.Route.Use;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a change. Answers are kept, so that a change costs one look-up, and none where
 * it comes from where the last one came from. Not thread-safe.
 */
final class Routes {

  /** Names that are data would fill the memory. */
  private static final int MAX_KNOWN = 10_000;

  /**
   * Where changes go.
   *
   * @param isRouted whether a route says so
   * @param columns that are added to the rows
   */
  record Target(String table, boolean isRouted, List<Added> columns) {}

  /** A column that is added to the rows. */
  record Added(String name, String value, boolean isKey) {}

  private record Names(String topic, String server, String database, String schema, String table) {}

  private record Ready(Pattern pattern, GroupText table, List<ReadyColumn> columns) {}

  private record ReadyColumn(String name, GroupText value, boolean isKey) {}

  private final List<Ready> routes = new ArrayList<>();
  private final Map<Names, Target> known = new HashMap<>();
  private final Map<String, Target> knownTopics = new HashMap<>();
  private @Nullable Names last;
  private @Nullable Target lastTarget;

  Routes(List<Route> declared) {
    for (Route route : declared) {
      Pattern pattern = Pattern.compile(route.pattern());
      List<ReadyColumn> columns =
          route.columns().stream()
              .map(
                  column ->
                      new ReadyColumn(
                          column.name(),
                          GroupText.of(column.value(), pattern),
                          column.use() == Use.KEY))
              .toList();
      routes.add(new Ready(pattern, GroupText.of(route.table(), pattern), columns));
    }
  }

  boolean isEmpty() {
    return routes.isEmpty();
  }

  /** Where the changes of a table go, given the block of one of them, which names it. */
  Target of(String topic, SourceBlock source) {
    Names recent = last;
    Target recentTarget = lastTarget;
    if (recent != null
        && recentTarget != null
        && source.table().equals(recent.table)
        && topic.equals(recent.topic)
        && source.schema().equals(recent.schema)
        && source.database().equals(recent.database)
        && source.server().equals(recent.server)) {
      return recentTarget;
    }

    Names names =
        new Names(topic, source.server(), source.database(), source.schema(), source.table());
    if (known.size() > MAX_KNOWN) {
      known.clear();
    }

    Target target =
        known.computeIfAbsent(names, added -> find(namesOf(added), added.table(), routes));
    last = names;
    lastTarget = target;
    return target;
  }

  private static Set<String> namesOf(Names names) {
    Set<String> all = new LinkedHashSet<>();
    String space = names.schema.isEmpty() ? names.database : names.schema;
    all.add(names.topic);
    if (!space.isEmpty()) {
      if (!names.server.isEmpty()) {
        all.add(names.server + "." + space + "." + names.table);
      }

      if (!names.schema.isEmpty() && !names.database.isEmpty()) {
        all.add(names.database + "." + space + "." + names.table);
      }

      all.add(space + "." + names.table);
    }

    all.add(names.table);
    all.remove("");
    return all;
  }

  /**
   * Where the records of a topic go that name no table: rows and tombstones. The topic is called
   * like the table of a source, so that its last two parts and its last one are tried too.
   */
  Target ofTopic(String topic) {
    Target target = knownTopics.get(topic);
    if (target == null) {
      if (knownTopics.size() > MAX_KNOWN) {
        knownTopics.clear();
      }

      int dot = topic.lastIndexOf('.');
      int before = dot < 0 ? -1 : topic.lastIndexOf('.', dot - 1);
      Set<String> names = new LinkedHashSet<>();
      names.add(topic);
      names.add(topic.substring(before + 1));
      names.add(topic.substring(dot + 1));
      names.remove("");
      target = find(names, topic.substring(dot + 1), routes);
      knownTopics.put(topic, target);
    }

    return target;
  }

  private static Target find(Set<String> names, String otherwise, List<Ready> routes) {
    for (Ready route : routes) {
      for (String name : names) {
        Matcher match = route.pattern().matcher(name);
        if (match.matches()) {
          List<Added> added =
              route.columns().stream()
                  .map(each -> new Added(each.name(), each.value().of(match), each.isKey()))
                  .toList();
          return new Target(route.table().of(match), true, added);
        }
      }
    }

    return new Target(otherwise, false, List.of());
  }
}
