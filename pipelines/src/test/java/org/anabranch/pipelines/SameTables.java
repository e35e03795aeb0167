package org.anabranch.pipelines;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Compares all tables of two warehouses, as DuckDB reads them. */
final class SameTables {

  /** When a line was set aside, and where a row lies, are no content. */
  private static final Set<String> OF_THE_RUN = Set.of("_ab_recorded_at", "_ab_bucket");

  private SameTables() {}

  /** What differs, by table; empty where every row and column is the same. */
  static Map<String, String> differences(Path left, Path right) throws IOException, SQLException {
    List<String> tables = Exported.tables(left);
    List<String> others = Exported.tables(right);
    return tables.equals(others)
        ? differences(left, right, tables)
        : Map.of("tables", tables + " and " + others);
  }

  /** The same for some tables. */
  static Map<String, String> differences(Path left, Path right, List<String> tables)
      throws IOException, SQLException {
    Map<String, String> differences = new TreeMap<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      for (String table : tables) {
        String mine = rows(statement, left, table);
        String other = rows(statement, right, table);
        String count =
            "SELECT (SELECT count(*) FROM ((%s) EXCEPT ALL (%s))) || ' rows missing, '"
                + " || (SELECT count(*) FROM ((%s) EXCEPT ALL (%s))) || ' unexpected'";
        String found = text(statement, count.formatted(other, mine, mine, other));
        if (!found.equals("0 rows missing, 0 unexpected")) {
          differences.put(table, found);
        }
      }
    }

    return differences;
  }

  private static String rows(Statement statement, Path warehouse, String table)
      throws IOException, SQLException {
    String files =
        Exported.files(warehouse, table).stream()
            .map(file -> "'" + file + "'")
            .collect(Collectors.joining(", ", "read_parquet([", "])"));
    String excluded =
        OF_THE_RUN.stream()
            .map(column -> "'" + column + "'")
            .collect(Collectors.joining(", ", "(", ")"));
    return text(
        statement,
        "SELECT 'SELECT ' || string_agg('\"' || column_name || '\"', ', ' ORDER BY column_name)"
            + " || ' FROM "
            + files.replace("'", "''")
            + "' FROM (DESCRIBE SELECT * FROM "
            + files
            + ") WHERE column_name NOT IN "
            + excluded);
  }

  private static String text(Statement statement, String query) throws SQLException {
    try (ResultSet result = statement.executeQuery(query)) {
      result.next();
      return String.valueOf(result.getString(1));
    }
  }
}
