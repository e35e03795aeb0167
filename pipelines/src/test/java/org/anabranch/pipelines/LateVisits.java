package org.anabranch.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Visits of which some come to the log late, some days late, and some twice; and a plain model of
 * the windows and late rows they make.
 */
final class LateVisits {

  static final String TOPIC = "web.interactions";
  static final Duration WINDOW = Duration.ofHours(1);
  static final Duration ALLOWED = Duration.ofMinutes(30);

  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
  private static final List<String> COUNTRIES = List.of("AT", "CH", "DE");

  private record Visit(
      String id, int customer, String country, int seconds, Instant occurredAt, Instant loggedAt) {

    Instant windowStart() {
      long hours = occurredAt.getEpochSecond() / WINDOW.toSeconds();
      return Instant.ofEpochSecond(hours * WINDOW.toSeconds());
    }

    Instant windowEnd() {
      return windowStart().plus(WINDOW);
    }

    boolean isLate() {
      return !loggedAt.isBefore(windowEnd());
    }

    boolean isTooLate() {
      return !loggedAt.isBefore(windowEnd().plus(ALLOWED));
    }
  }

  /** In the order of the log. */
  private final List<Visit> deliveries = new ArrayList<>();

  /** The first delivery of each. */
  private final List<Visit> visits = new ArrayList<>();

  LateVisits(int count, long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < count; i++) {
      Instant occurred = START.plusMillis(random.nextLong(Duration.ofHours(12).toMillis()));
      Visit visit =
          new Visit(
              "v" + i,
              random.nextInt(40),
              COUNTRIES.get(random.nextInt(COUNTRIES.size())),
              random.nextInt(100),
              occurred,
              occurred.plusMillis(delay(random)));
      deliveries.add(visit);
      if (random.nextInt(10) == 0) {
        Instant again = visit.loggedAt().plusMillis(delay(random));
        deliveries.add(
            new Visit(
                visit.id(), visit.customer(), visit.country(), visit.seconds(), occurred, again));
      }
    }

    deliveries.sort(Comparator.comparing(Visit::loggedAt));
    Set<String> seen = new HashSet<>();
    deliveries.stream().filter(visit -> seen.add(visit.id())).forEach(visits::add);
  }

  private static long delay(Random random) {
    return switch (random.nextInt(10)) {
      case 0 -> random.nextLong(Duration.ofHours(3).toMillis());
      case 1 -> random.nextLong(Duration.ofDays(4).toMillis());
      default -> random.nextLong(10_000);
    };
  }

  /** How many records there are. */
  int records() {
    return deliveries.size();
  }

  /** Writes the records, one a line. */
  void write(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Visit visit : deliveries) {
      ObjectNode value = Json.object();
      value.put("event_id", visit.id()).put("customer_id", visit.customer());
      value.put("country", visit.country()).put("seconds", visit.seconds());
      value.put("value_cents", 1).put("occurred_at", visit.occurredAt().toString());
      ObjectNode line = Json.object();
      line.put("topic", TOPIC).put("timestamp", visit.loggedAt().toEpochMilli());
      line.putObject("key").put("customer_id", visit.customer());
      line.set("value", value);
      lines.add(line.toString());
    }

    Files.write(file, lines);
  }

  /** Rows of the windows, as {@code show} prints them. */
  Set<JsonNode> windows(boolean closedOnly) {
    Instant newest = deliveries.get(deliveries.size() - 1).loggedAt();
    Map<String, ObjectNode> rows = new HashMap<>();
    for (Visit visit : visits) {
      boolean isOpen = newest.isBefore(visit.windowEnd());
      if (visit.isTooLate() || (isOpen && closedOnly)) {
        continue;
      }

      ObjectNode row =
          rows.computeIfAbsent(
              visit.windowStart() + visit.country(), added -> emptyWindow(visit, isOpen));
      row.put("interactions", row.get("interactions").longValue() + 1);
      row.put("seconds", row.get("seconds").longValue() + visit.seconds());
      row.put("value_cents", row.get("value_cents").longValue() + 1);
      if (visit.isLate()) {
        row.put("late", row.get("late").longValue() + 1);
        row.put("pane", isOpen ? "EARLY" : "LATE");
      }
    }

    return asPrinted(rows.values());
  }

  private static ObjectNode emptyWindow(Visit visit, boolean isOpen) {
    ObjectNode row = Json.object();
    row.put("window_start", text(visit.windowStart()));
    row.put("window_end", text(visit.windowEnd()));
    row.put("country", visit.country());
    row.put("interactions", 0L).put("seconds", 0L).put("value_cents", 0L).put("late", 0L);
    return row.put("pane", isOpen ? "EARLY" : "ON_TIME");
  }

  /** Rows of what came too late, as {@code show} prints them. */
  Set<JsonNode> late() {
    List<ObjectNode> rows = new ArrayList<>();
    for (Visit visit : visits) {
      if (visit.isTooLate()) {
        ObjectNode row = Json.object();
        row.put("event_id", visit.id());
        row.put("window_start", text(visit.windowStart()));
        row.put("window_end", text(visit.windowEnd()));
        row.put("occurred_at", text(visit.occurredAt()));
        row.put("logged_at", text(visit.loggedAt()));
        row.put("customer_id", (long) visit.customer()).put("country", visit.country());
        row.put("seconds", (long) visit.seconds()).put("value_cents", 1L);
        rows.add(row);
      }
    }

    return asPrinted(rows);
  }

  /** Without zeros at the end of the fraction. */
  private static String text(Instant time) {
    return time.toString().replaceAll("(\\.\\d*?)0+Z$", "$1Z");
  }

  /** Numbers of the width the parser gives them. */
  private static Set<JsonNode> asPrinted(Iterable<ObjectNode> rows) {
    Set<JsonNode> printed = new HashSet<>();
    rows.forEach(row -> printed.add(Json.parse(row.toString())));
    return printed;
  }
}
