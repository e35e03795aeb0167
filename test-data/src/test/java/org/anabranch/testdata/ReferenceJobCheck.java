package org.anabranch.testdata;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Whether the tables a reference job wrote are those that SQL alone computes from the raw files.
 *
 * <ul>
 *   <li>{@code expect SQL DATA WORK}: computes the tables into {@code WORK/expected} with the
 *       statements in the directory SQL, and prints the number of change events.
 *   <li>{@code compare SQL WORK TABLE FILE...}: prints how the Parquet files of a table differ from
 *       the expected ones; ends with 0 where they do not, with 1 where they do.
 * </ul>
 */
final class ReferenceJobCheck implements AutoCloseable {

  private static final Map<String, String> COLUMNS =
      Map.of(
          "customers",
          """
          CAST(id AS BIGINT) AS id, name, email, country, tier,
          CAST(balance AS DECIMAL(12, 2)) AS balance, profile,
          CAST(version AS BIGINT) AS version, moment(updated_at) AS updated_at""",
          "orders",
          """
          CAST(id AS BIGINT) AS id, CAST(customer_id AS BIGINT) AS customer_id,
          CAST(amount AS DECIMAL(12, 2)) AS amount, status,
          CAST(version AS BIGINT) AS version, moment(updated_at) AS updated_at""");

  private final Path sql;
  private final Path expected;
  private final Connection connection;

  private ReferenceJobCheck(Path sql, Path work, Connection connection) {
    this.sql = sql;
    this.expected = work.resolve("expected");
    this.connection = connection;
  }

  public static void main(String[] arguments) throws IOException, SQLException {
    List<String> rest = Arrays.asList(arguments);
    Path sql = Path.of(rest.get(1));
    if (rest.get(0).equals("expect")) {
      try (ReferenceJobCheck check = in(sql, Path.of(rest.get(3)))) {
        System.out.println(check.expect(Path.of(rest.get(2))));
      }

      return;
    }

    try (ReferenceJobCheck check = in(sql, Path.of(rest.get(2)))) {
      Difference difference = check.compare(rest.get(3), rest.subList(4, rest.size()));
      System.out.println(rest.get(3) + ": " + difference);
      System.exit(difference.isNone() ? 0 : 1);
    }
  }

  /** Starts a check that keeps what is expected, and what does not fit in memory, below a path. */
  static ReferenceJobCheck in(Path sql, Path work) throws IOException, SQLException {
    ReferenceJobCheck check =
        new ReferenceJobCheck(sql, work, DriverManager.getConnection("jdbc:duckdb:"));
    check.execute(Files.readString(sql.resolve("settings.sql")));
    check.execute("SET temp_directory = " + quoted(work.resolve("spilled").toString()));
    return check;
  }

  /** Computes the expected tables and returns the number of change events. */
  long expect(Path data) throws IOException, SQLException {
    Files.createDirectories(expected);
    boolean generated = Files.isDirectory(data.resolve("snapshot"));
    String changes = data.resolve("changes") + (generated ? "/part-*.jsonl" : "/part-*.ndjson");
    String base = generated ? "base-from-snapshot.sql" : "base-from-parquet.sql";
    execute(script(base, Map.of("DATA", data.toString())));
    execute(script("oracle.sql", Map.of("CHANGES", changes, "EXPECTED", expected.toString())));
    return number("SELECT count(*) FROM events");
  }

  /** Compares the Parquet files of a table with the expected rows. */
  Difference compare(String table, List<String> files) throws IOException, SQLException {
    String list =
        files.stream().map(ReferenceJobCheck::quoted).collect(Collectors.joining(", ", "[", "]"));
    String script =
        script("compare.sql", Map.of("TABLE", table, "EXPECTED", expected.toString()))
            .replace("${COLUMNS}", COLUMNS.get(table))
            .replace("${FILES}", list);
    execute(script);
    return new Difference(
        number("SELECT count(*) FROM expected"),
        number("SELECT count(*) FROM missing"),
        number("SELECT count(*) FROM unexpected"));
  }

  private String script(String name, Map<String, String> parameters) throws IOException {
    String script = Files.readString(sql.resolve(name));
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      String value = parameter.getValue().replace("'", "''");
      script = script.replace("${" + parameter.getKey() + "}", value);
    }

    return script;
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private void execute(String statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(statements);
    }
  }

  private long number(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  /**
   * How a table differs from what is expected.
   *
   * @param expected rows that are expected
   * @param missing of these, rows that are not there as often as they should be
   * @param unexpected rows that should not be there, or not as often
   */
  record Difference(long expected, long missing, long unexpected) {

    boolean isNone() {
      return missing + unexpected == 0;
    }

    @Override
    public String toString() {
      String verdict = isNone() ? "equal" : "different";
      return verdict
          + ", "
          + expected
          + " rows expected, "
          + missing
          + " missing, "
          + unexpected
          + " unexpected";
    }
  }
}
