package org.anabranch.pipelines;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import org.anabranch.lake.Archive;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeConfig;

/**
 * What DuckDB finds in the files of an archive.
 *
 * @param records in all
 * @param places different places in the log among them
 */
record ArchivedRecords(long records, long places) {

  static ArchivedRecords once(long records) {
    return new ArchivedRecords(records, records);
  }

  static ArchivedRecords of(Path warehouse) throws IOException, SQLException {
    List<String> files;
    try (Lake lake = Lake.at(LakeConfig.at(warehouse))) {
      files = Objects.requireNonNull(Archive.of(lake)).dataFiles();
    }

    String sql =
        "SELECT count(*), count(DISTINCT (topic, \"partition\", \"offset\")) FROM read_parquet(%s)"
            .formatted(files.stream().map(file -> "'" + file + "'").toList());
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      found.next();
      return new ArchivedRecords(found.getLong(1), found.getLong(2));
    }
  }
}
