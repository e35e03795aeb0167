package org.anabranch.transforms.parse;

import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.anabranch.model.Internal;

/**
 * To which table the changes of some tables go. The pattern must match as a whole one of the names
 * of a change, which are tried in this order: the topic; server, schema and table with dots between
 * them, or server, database and table where the source has no schema; database, schema and table;
 * schema (or database) and table; the table.
 *
 * @param pattern regular expression of {@link Pattern}
 * @param table name of the table, with groups of the pattern as {@code $1} or <code>${name}</code>
 * @param columns columns that are added to its rows
 */
@Internal
public record Route(String pattern, String table, List<Column> columns) implements Serializable {

  /** What an added column is. */
  public enum Use {
    /** A part of the key. */
    KEY,
    /** A column like any other. */
    PLAIN
  }

  /**
   * A column that is added to every row, in place of one that is called so.
   *
   * @param value its text, with groups of the pattern
   */
  public record Column(String name, String value, Use use) implements Serializable {}

  private static final String RESERVED = "_ab_";

  /**
   * @throws IllegalArgumentException where the pattern is none, or a text names a group that it
   *     does not have
   */
  public Route {
    columns = List.copyOf(columns);
    Pattern compiled = compiled(pattern);
    if (table.isBlank()) {
      throw new IllegalArgumentException("the route of /" + pattern + "/ must name a table");
    }

    GroupText.of(table, compiled);
    Set<String> names = new HashSet<>();
    for (Column column : columns) {
      GroupText.of(column.value(), compiled);
      if (column.name().isBlank() || column.name().startsWith(RESERVED)) {
        throw new IllegalArgumentException(
            "a column of a route must have a name that does not begin with "
                + RESERVED
                + ", but was: '"
                + column.name()
                + "'");
      }

      if (!names.add(column.name())) {
        throw new IllegalArgumentException(
            "the route of /" + pattern + "/ must name column '" + column.name() + "' once");
      }
    }
  }

  private static Pattern compiled(String pattern) {
    try {
      return Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "/%s/ is no regular expression: %s at %d"
              .formatted(pattern, e.getDescription(), Math.max(0, e.getIndex())),
          e);
    }
  }
}
