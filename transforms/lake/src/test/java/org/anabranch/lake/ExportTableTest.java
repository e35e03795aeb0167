package org.anabranch.lake;

import static org.anabranch.lake.TestLake.BUCKETS;
import static org.anabranch.lake.TestLake.added;
import static org.anabranch.lake.TestLake.data;
import static org.anabranch.lake.TestLake.report;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.anabranch.lake.ExportTable.Exported;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportTableTest {

  @TempDir Path directory;
  private Lake lake;
  private Path output;

  @BeforeEach
  void open() throws IOException {
    lake = TestLake.at(directory.resolve("warehouse"));
    output = directory.resolve("exports").resolve("orders");
    commit("a", 1, 2);
  }

  private void commit(String name, long first, long second) throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      run.commit(
          report(
              "orders",
              added("orders", 0, data(lake, run, "orders", 0, name, first)),
              added("orders", 1, data(lake, run, "orders", 1, name, second))));
    }
  }

  private List<String> read() throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT * FROM read_parquet('" + output + "/*.parquet') ORDER BY id")) {
      assertThat(result.getMetaData().getColumnCount(), is(2));
      while (result.next()) {
        rows.add(result.getLong("id") + "=" + result.getString("name"));
      }
    }

    return rows;
  }

  @Test
  void aDirectoryOfOneFilePerBucketAppears() throws IOException, SQLException {
    Exported exported = ExportTable.export(lake.table("orders"), output);
    assertThat(exported.rows(), is(2L));
    assertThat(exported.files(), hasSize(2));
    assertThat(exported.files().stream().allMatch(Files::exists), is(true));
    assertThat(read(), contains("1=a", "2=a"));
  }

  @Test
  void aLaterExportTakesThePlaceOfAnEarlierOne() throws IOException, SQLException {
    ExportTable.export(lake.table("orders"), output);
    Path before = output.toRealPath();
    commit("b", 3, 4);
    ExportTable.export(lake.table("orders"), output);
    assertThat(read(), contains("1=a", "2=a", "3=b", "4=b"));
    assertThat(Files.exists(before), is(true));
    ExportTable.export(lake.table("orders", 1), output);
    assertThat(read(), contains("1=a", "2=a"));
    assertThat(Files.exists(before), is(false));
    try (Stream<Path> left = Files.list(output.getParent())) {
      // The link, what it points to, the export before, the lock.
      assertThat(left.count(), equalTo(4L));
    }
  }

  @Test
  void anEmptyTableIsAFileWithoutRows() throws IOException, SQLException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      run.commit(report("empty"));
    }

    assertThat(ExportTable.export(lake.table("empty"), output).rows(), is(0L));
    assertThat(read(), hasSize(0));
  }

  @Test
  void anEmptyDirectoryIsTakenAndAnyOtherThingIsRefused() throws IOException, SQLException {
    Files.createDirectories(output);
    ExportTable.export(lake.table("orders"), output);
    assertThat(read(), contains("1=a", "2=a"));

    Path other = Files.createDirectories(directory.resolve("other"));
    Files.writeString(other.resolve("file"), "somebody's");
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> ExportTable.export(lake.table("orders"), other))
            .getMessage(),
        containsString("something else at " + other));
    assertThat(Files.readString(other.resolve("file")), is("somebody's"));
  }
}
