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
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.anabranch.testdata.Oracle;

/** The tables that DuckDB computes from the raw files, to hold a warehouse's tables against. */
final class OracleTables implements AutoCloseable {

  private static final List<String> TABLES =
      List.of(
          "customers",
          "orders",
          "customers_history",
          "customer_insights",
          "interactions_by_window");

  private final Connection connection;

  private OracleTables(Connection connection) {
    this.connection = connection;
  }

  static OracleTables compute(Path data, int windowMinutes) throws IOException, SQLException {
    Connection connection = DriverManager.getConnection("jdbc:duckdb:");
    Path sql = TestFiles.customer360().resolve("oracle.sql");
    try (Statement statement = connection.createStatement()) {
      statement.execute(Oracle.script(sql, data, windowMinutes));
    }

    return new OracleTables(connection);
  }

  /** Rows that only one of both has, by table; empty when all tables are equal. */
  Map<String, String> differences(Path warehouse) throws IOException, SQLException {
    return differences(table -> Exported.files(warehouse, table));
  }

  /** Where a reader has put the rows of a table as Parquet. */
  @FunctionalInterface
  interface Reader {
    List<Path> files(String table) throws IOException;
  }

  /** The same for what a reader finds in the tables. */
  Map<String, String> differences(Reader reader) throws IOException, SQLException {
    return differences(TABLES, reader);
  }

  /** The same for some tables. */
  Map<String, String> differences(List<String> tables, Reader reader)
      throws IOException, SQLException {
    Map<String, String> differences = new TreeMap<>();
    for (String table : tables) {
      String files =
          reader.files(table).stream()
              .map(file -> "'" + file + "'")
              .collect(Collectors.joining(", ", "[", "]"));
      String columns = columns(table);
      String expected = "SELECT " + columns + " FROM " + table;
      String stored = "SELECT " + columns + " FROM read_parquet(" + files + ")";
      long missing = countOf("(" + expected + ") EXCEPT ALL (" + stored + ")");
      long unexpected = countOf("(" + stored + ") EXCEPT ALL (" + expected + ")");
      if (missing + unexpected > 0) {
        differences.put(
            table,
            "%d rows missing, %d unexpected, e.g. %s not %s"
                .formatted(
                    missing,
                    unexpected,
                    example("(" + expected + ") EXCEPT ALL (" + stored + ")"),
                    example("(" + stored + ") EXCEPT ALL (" + expected + ")")));
      }
    }

    return differences;
  }

  private String columns(String table) throws SQLException {
    return text(
        "SELECT string_agg('\"' || column_name || '\"', ', ' ORDER BY column_index)"
            + " FROM duckdb_columns() WHERE table_name = '"
            + table
            + "'");
  }

  private long countOf(String query) throws SQLException {
    return Long.parseLong(text("SELECT count(*) FROM (" + query + ")"));
  }

  private String example(String query) throws SQLException {
    return text("SELECT min(t::VARCHAR) FROM (" + query + ") t");
  }

  /** An aggregate over one of the oracle's tables. */
  long count(String table, String aggregate) throws SQLException {
    return Long.parseLong(text("SELECT " + aggregate + " FROM " + table));
  }

  private String text(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return String.valueOf(result.getString(1));
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
