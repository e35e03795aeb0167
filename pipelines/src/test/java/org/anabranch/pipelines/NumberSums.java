package org.anabranch.pipelines;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * What tells one table of numbers by id from another.
 *
 * @param rows how many there are
 * @param sum of the numbers
 * @param weighted sum of the numbers, each times its id
 */
record NumberSums(long rows, BigInteger sum, BigInteger weighted) {

  static NumberSums of(Map<Long, Long> numbers) {
    BigInteger sum = BigInteger.ZERO;
    BigInteger weighted = BigInteger.ZERO;
    for (Map.Entry<Long, Long> number : numbers.entrySet()) {
      BigInteger value = BigInteger.valueOf(number.getValue());
      sum = sum.add(value);
      weighted = weighted.add(value.multiply(BigInteger.valueOf(number.getKey())));
    }

    return new NumberSums(numbers.size(), sum, weighted);
  }

  /** As DuckDB counts them in the files of a table. */
  static NumberSums of(Path warehouse) throws IOException, SQLException {
    String sql =
        "SELECT count(*), sum(n::HUGEINT), sum(n::HUGEINT * id) FROM read_parquet(%s)"
            .formatted(
                Exported.files(warehouse, "numbers").stream()
                    .map(file -> "'" + file + "'")
                    .toList());
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      found.next();
      return new NumberSums(
          found.getLong(1), new BigInteger(found.getString(2)), new BigInteger(found.getString(3)));
    }
  }
}
