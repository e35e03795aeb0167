package org.anabranch.transforms.parse;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The declared tables whose events are plain rows, and which topics carry them. */
final class RowsTables {

  private final ParseConfig config;
  private final Routes routes;
  private final @Nullable String only;
  private final boolean any;
  private final Map<String, String> tableOfTopic = new HashMap<>();
  private String lastTopic = "";
  private String lastTable = "";

  RowsTables(ParseConfig config, Routes routes) {
    this.config = config;
    this.routes = routes;
    List<String> names =
        config.tables().values().stream()
            .filter(table -> table.form() != TableSpec.Form.CHANGES)
            .map(TableSpec::name)
            .toList();
    any = !names.isEmpty();
    only = names.size() == 1 ? names.get(0) : null;
  }

  /** The only such table; null if there is none or more than one. */
  @Nullable String only() {
    return only;
  }

  /** Whether no table has plain rows. */
  boolean isEmpty() {
    return !any;
  }

  /** Whether the topic carries plain rows of a declared table. */
  boolean contains(String topic) {
    if (!any || topic.isEmpty()) {
      return false;
    }

    TableSpec table = config.tables().get(tableOf(topic));
    return table != null && table.form() != TableSpec.Form.CHANGES;
  }

  /** Table that a topic is named for: what follows the last dot, or what its route says. */
  String tableOf(String topic) {
    if (!topic.equals(lastTopic)) {
      lastTopic = topic;
      lastTable = Objects.requireNonNull(tableOfTopic.computeIfAbsent(topic, this::routed));
    }

    return lastTable;
  }

  private String routed(String topic) {
    return routes.isEmpty()
        ? topic.substring(topic.lastIndexOf('.') + 1)
        : routes.ofTopic(topic).table();
  }
}
