package org.anabranch.transforms.source;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is declared of sources.
 *
 * @param same names of sources by older names of the same ones: whole identities, {@code
 *     connector:server:database.schema}, or names of servers
 * @param generations where the numbers of a source start again, by identity or name of the server
 * @param onReset what happens where numbers have started again and nothing is declared of it
 * @param unknownOrder what happens where the order of a connector is not known
 * @param maxTables new tables that are not declared are refused where there would be more tables
 * @param maxColumns columns a table may come to have
 */
public record SourceRules(
    Map<String, String> same,
    Map<String, List<Boundary>> generations,
    OnReset onReset,
    UnknownOrder unknownOrder,
    int maxTables,
    int maxColumns)
    implements Serializable {

  /** What happens where numbers start again. */
  public enum OnReset {
    /** The table is refused. */
    REFUSE,
    /** A new generation begins there. */
    NEW_GENERATION
  }

  /** What happens where the order of a connector is not known. */
  public enum UnknownOrder {
    /** The table is refused. */
    REFUSE,
    /** The log decides. */
    LOG
  }

  public static final int MAX_TABLES = 1_000;
  public static final int MAX_COLUMNS = 10_000;

  /** Nothing is declared. */
  public static final SourceRules NONE =
      new SourceRules(
          Map.of(), Map.of(), OnReset.REFUSE, UnknownOrder.REFUSE, MAX_TABLES, MAX_COLUMNS);

  private static final String ON_RESET = "on-reset";
  private static final String UNKNOWN_ORDER = "unknown-order";
  private static final String TABLES = "max-tables";
  private static final String COLUMNS = "max-columns";
  private static final String SAME = "same";
  private static final String AT_TIME = "at-time";
  private static final String AT_LINE = "at-line";
  private static final String AT_OFFSET = "at-offset";
  private static final String MARIADB = "mariadb:";
  private static final String MYSQL = "mysql:";

  public SourceRules {
    same = new TreeMap<>(same);
    Map<String, List<Boundary>> copy = new TreeMap<>();
    generations.forEach((source, boundaries) -> copy.put(source, List.copyOf(boundaries)));
    generations = copy;
    if (maxTables < 1) {
      throw new IllegalArgumentException("maxTables must be at least 1, but was: " + maxTables);
    }

    if (maxColumns < 1) {
      throw new IllegalArgumentException("maxColumns must be at least 1, but was: " + maxColumns);
    }
  }

  /** The same with other limits. */
  public SourceRules withLimits(int mostTables, int mostColumns) {
    return new SourceRules(same, generations, onReset, unknownOrder, mostTables, mostColumns);
  }

  /** One line a rule, from which {@link #fromText} makes the rules again. */
  public List<String> toText() {
    List<String> lines = new ArrayList<>();
    lines.add(FactLines.join(ON_RESET, onReset.name()));
    lines.add(FactLines.join(UNKNOWN_ORDER, unknownOrder.name()));
    lines.add(FactLines.join(TABLES, Integer.toString(maxTables)));
    lines.add(FactLines.join(COLUMNS, Integer.toString(maxColumns)));
    same.forEach((old, now) -> lines.add(FactLines.join(SAME, old, now)));
    generations.forEach(
        (source, boundaries) -> {
          for (int i = 0; i < boundaries.size(); i++) {
            lines.addAll(text(source, Integer.toString(i), boundaries.get(i)));
          }
        });
    return lines;
  }

  private static List<String> text(String source, String number, Boundary boundary) {
    if (boundary instanceof Boundary.AtTime time) {
      return List.of(FactLines.join(AT_TIME, source, number, Long.toString(time.micros())));
    }

    if (boundary instanceof Boundary.AtLine line) {
      return List.of(
          FactLines.join(AT_LINE, source, number, line.file(), Long.toString(line.offset())));
    }

    return ((Boundary.AtOffsets) boundary)
        .offsets().entrySet().stream()
            .map(
                partition ->
                    FactLines.join(
                        AT_OFFSET,
                        source,
                        number,
                        partition.getKey(),
                        Long.toString(partition.getValue())))
            .toList();
  }

  /**
   * Reverse of {@link #toText}.
   *
   * @throws IllegalArgumentException where a line is broken
   */
  public static SourceRules fromText(List<String> lines) {
    Map<String, String> same = new TreeMap<>();
    Map<String, Map<Integer, Boundary>> generations = new TreeMap<>();
    OnReset onReset = NONE.onReset;
    UnknownOrder unknownOrder = NONE.unknownOrder;
    int maxTables = NONE.maxTables;
    int maxColumns = NONE.maxColumns;
    for (String line : lines) {
      List<String> parts = FactLines.split(line);
      switch (parts.get(0)) {
        case ON_RESET -> onReset = OnReset.valueOf(parts.get(1));
        case UNKNOWN_ORDER -> unknownOrder = UnknownOrder.valueOf(parts.get(1));
        case TABLES -> maxTables = Integer.parseInt(parts.get(1));
        case COLUMNS -> maxColumns = Integer.parseInt(parts.get(1));
        case SAME -> same.put(parts.get(1), parts.get(2));
        case AT_TIME, AT_LINE, AT_OFFSET ->
            generations
                .computeIfAbsent(parts.get(1), source -> new TreeMap<>())
                .merge(Integer.valueOf(parts.get(2)), boundary(parts), SourceRules::together);
        default -> throw new IllegalArgumentException("not a rule of sources: " + line);
      }
    }

    Map<String, List<Boundary>> ordered = new TreeMap<>();
    generations.forEach((source, byNumber) -> ordered.put(source, List.copyOf(byNumber.values())));
    return new SourceRules(same, ordered, onReset, unknownOrder, maxTables, maxColumns);
  }

  private static Boundary boundary(List<String> parts) {
    return switch (parts.get(0)) {
      case AT_TIME -> new Boundary.AtTime(Long.parseLong(parts.get(3)));
      case AT_LINE -> new Boundary.AtLine(parts.get(3), Long.parseLong(parts.get(4)));
      default -> new Boundary.AtOffsets(Map.of(parts.get(3), Long.valueOf(parts.get(4))));
    };
  }

  /** Offsets of one boundary, a line for each partition. */
  private static Boundary together(Boundary left, Boundary right) {
    Map<String, Long> offsets = new TreeMap<>(((Boundary.AtOffsets) left).offsets());
    offsets.putAll(((Boundary.AtOffsets) right).offsets());
    return new Boundary.AtOffsets(offsets);
  }

  /** The name by which a source is known now. */
  public String canonical(String source) {
    // Positions of earlier programs name the connector that MariaDB has of its own.
    String name = source.startsWith(MARIADB) ? MYSQL + source.substring(MARIADB.length()) : source;
    for (int renamed = 0; renamed < same.size(); renamed++) {
      String next = renamed(name);
      if (next.equals(name)) {
        return name;
      }

      name = next;
    }

    return name;
  }

  private String renamed(String source) {
    String whole = same.get(source);
    if (whole != null) {
      return isIdentity(whole) ? whole : withServer(source, whole);
    }

    String server = same.get(server(source));
    return server == null ? source : isIdentity(server) ? server : withServer(source, server);
  }

  private static boolean isIdentity(String name) {
    return name.indexOf(':') >= 0;
  }

  private static String withServer(String source, String server) {
    String old = server(source);
    int at = source.indexOf(':') + 1;
    return source.substring(0, at) + server + source.substring(at + old.length());
  }

  /** Name of the server in an identity; empty without one. */
  public static String server(String source) {
    int start = source.indexOf(':') + 1;
    int end = source.indexOf(':', start);
    return start == 0 || end < 0 ? "" : source.substring(start, end);
  }

  /** What is declared of the generations of a source, given by its present name. */
  List<Boundary> boundaries(String source) {
    List<Boundary> all = new ArrayList<>(generations.getOrDefault(source, List.of()));
    all.addAll(generations.getOrDefault(server(source), List.of()));
    return all;
  }
}
