package org.anabranch.testdata;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The tables that the oracle computes from some files, in a database of their own. */
final class OracleTables implements AutoCloseable {

  static final Path SQL = Path.of("customer-360", "oracle.sql");
  static final List<String> NAMES =
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

  static OracleTables of(Path files) throws IOException, SQLException {
    OracleTables tables = new OracleTables(DriverManager.getConnection("jdbc:duckdb:"));
    tables.execute("SET threads = 2");
    tables.compute(files);
    return tables;
  }

  /** Computes the tables again, from other files. */
  void compute(Path files) throws IOException, SQLException {
    execute(Oracle.script(SQL, files, 60));
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }

  List<String> texts(String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        texts.add(result.getString(1));
      }
    }

    return texts;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
