package org.anabranch.lake;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An independent reader and writer of Parquet files. */
final class DuckDb {

  private DuckDb() {}

  static void run(String sql) {
    query(sql);
  }

  /** Rows of a query, each value as DuckDB's text of it. */
  static List<List<@Nullable String>> query(String sql) {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
      statement.execute("SET threads = 1");
      if (!statement.execute(sql)) {
        return List.of();
      }

      return read(statement.getResultSet());
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private static List<List<@Nullable String>> read(ResultSet results) throws SQLException {
    List<List<@Nullable String>> rows = new ArrayList<>();
    int columns = results.getMetaData().getColumnCount();
    while (results.next()) {
      List<@Nullable String> row = new ArrayList<>();
      for (int i = 1; i <= columns; i++) {
        row.add(results.getString(i));
      }

      rows.add(row);
    }

    return rows;
  }
}
