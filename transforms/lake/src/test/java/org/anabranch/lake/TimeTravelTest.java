package org.anabranch.lake;

import static org.anabranch.lake.LakeFixture.row;
import static org.anabranch.lake.LakeFixture.schema;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.anabranch.model.Schema;
import org.anabranch.transforms.merge.TableStore.BucketWriter;
import org.anabranch.transforms.report.TableReport;
import org.apache.iceberg.BaseTable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions of a table show what they held, however its columns have changed since. */
class TimeTravelTest {

  private static final List<String> ID = List.of("id");
  private static final Schema NUMBERS = schema("id", "bigint", "v", "int");

  @TempDir Path directory;
  private Lake lake;

  @BeforeEach
  void open() throws IOException {
    lake = TestLake.at(directory.resolve("warehouse"));
  }

  /** Commits a version that holds these rows only. */
  @SafeVarargs
  private void replace(Schema schema, List<@Nullable Object>... rows) throws IOException {
    List<List<@Nullable Object>> all = new ArrayList<>();
    for (List<@Nullable Object> row : rows) {
      all.add(row);
    }

    commit(schema, true, all);
  }

  private void commit(Schema schema, boolean replaces, List<List<@Nullable Object>> rows)
      throws IOException {
    try (LakeRun run = lake.startRun(1)) {
      BucketWriter writer = run.store().write("t", schema, 0);
      if (replaces) {
        writer.replace();
      }

      for (List<@Nullable Object> row : rows) {
        writer.add(LakeFixture.slices(row));
      }

      run.commit(new TableReport("t", ID, schema, writer.close(), Map.of()));
    }
  }

  private static List<List<@Nullable Object>> rows(LakeTable version) throws IOException {
    List<List<@Nullable Object>> all = new ArrayList<>();
    try (LakeRows rows = version.openRows()) {
      while (rows.next()) {
        all.add(new ArrayList<>(rows.row()));
      }
    }

    return all;
  }

  private List<List<@Nullable Object>> rows(long version) throws IOException {
    return rows(lake.table("t", version));
  }

  private void replaceTheType() throws IOException {
    replace(NUMBERS, row(1L, 10L), row(2L, 20L));
    replace(schema("id", "bigint", "v", "string"), row(1L, "ten"), row(3L, "thirty"));
  }

  @Test
  void aColumnWhoseTypeWasReplacedHasItsOldValues() throws IOException {
    replaceTheType();

    assertThat(rows(1), contains(row(1L, 10L), row(2L, 20L)));
    assertThat(lake.table("t", 1).schema(), equalTo(NUMBERS));
    assertThat(rows(2), contains(row(1L, "ten"), row(3L, "thirty")));
  }

  @Test
  void theVersionOfATimeHasTheColumnsOfItsTime() throws IOException, InterruptedException {
    replace(NUMBERS, row(1L, 10L));
    Instant then = lake.table("t").committedAt();
    Thread.sleep(5);
    replace(schema("id", "bigint", "v", "string"), row(1L, "ten"));

    assertThat(rows(lake.table("t", then)), contains(row(1L, 10L)));
  }

  @Test
  void anExportOfAnOldVersionHasItsValuesAndTypes() throws IOException, SQLException {
    replaceTheType();
    Path output = directory.resolve("export");
    ExportTable.export(lake.table("t", 1), output);

    List<String> exported = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT id, v, typeof(v) FROM read_parquet('" + output + "/*') ORDER BY id")) {
      while (result.next()) {
        exported.add(result.getLong(1) + "=" + result.getString(2) + " " + result.getString(3));
      }
    }

    assertThat(exported, contains("1=10 INTEGER", "2=20 INTEGER"));
  }

  @Test
  void columnsThatCameLaterOrWereWidenedChangeNoOldVersion() throws IOException {
    replace(NUMBERS, row(1L, 10L));
    commit(
        schema("id", "bigint", "v", "bigint", "w", "date"),
        false,
        List.of(row(2L, 1L << 40, LocalDate.EPOCH)));
    replace(
        schema("id", "bigint", "v", "decimal(38,2)", "w", "string"),
        row(1L, new BigDecimal("0.50"), "day"));

    assertThat(rows(1), contains(row(1L, 10L)));
    assertThat(rows(2), contains(row(1L, 10L, null), row(2L, 1L << 40, LocalDate.EPOCH)));
    assertThat(rows(3), contains(row(1L, new BigDecimal("0.50"), "day")));
  }

  @Test
  void aColumnThatAnotherEngineDroppedIsThereInOldVersions() throws IOException {
    replace(NUMBERS, row(1L, 10L));
    replace(NUMBERS, row(1L, 11L));
    BaseTable other = new BaseTable(Objects.requireNonNull(lake.catalog().load("t")), "t");
    other.updateSchema().deleteColumn("v").commit();

    assertThat(rows(1), contains(row(1L, 10L)));
  }

  @Test
  void aColumnThatAnotherEngineRenamedHasItsOldNameInOldVersions() throws IOException {
    replace(NUMBERS, row(1L, 10L));
    replace(NUMBERS, row(1L, 11L));
    BaseTable other = new BaseTable(Objects.requireNonNull(lake.catalog().load("t")), "t");
    other.updateSchema().renameColumn("v", "w").commit();

    assertThat(rows(1), contains(row(1L, 10L)));
  }

  @Test
  void oldVersionsThatStayAfterOthersHaveExpiredHoldWhatTheyHeld() throws IOException {
    Schema decimals = schema("id", "bigint", "v", "decimal(38,1)");
    replace(NUMBERS, row(1L, 10L));
    replace(decimals, row(1L, new BigDecimal("10.5")));
    replace(schema("id", "bigint", "v", "string"), row(1L, "ten"));
    lake.compact(new UpkeepSettings(2, Duration.ZERO));

    assertThrows(IllegalArgumentException.class, () -> rows(1));
    assertThat(rows(2), contains(row(1L, new BigDecimal("10.5"))));
    assertThat(rows(3), contains(row(1L, "ten")));
  }

  @Test
  void whatIsPublishedIsComparedWithThePublishedVersionAsItWas() throws IOException {
    replace(NUMBERS, row(1L, 10L), row(2L, 20L));
    try (Publication publication = Publication.begin(lake, "t", "topic")) {
      publication.done();
    }

    replace(schema("id", "bigint", "v", "string"), row(1L, "ten"), row(3L, "thirty"));
    List<String> told = new ArrayList<>();
    try (Publication publication = Publication.begin(lake, "t", "topic")) {
      TableChanges changes = Objects.requireNonNull(publication.changes());
      for (int bucket : changes.numbers()) {
        changes.read(
            bucket,
            new TableChanges.Receiver() {
              @Override
              public void upsert(LakeRows row) {
                told.add("+" + row.row());
              }

              @Override
              public void delete(LakeRows row) {
                told.add("-" + row.row());
              }
            });
      }
    }

    assertThat(told, contains("+[1, ten]", "-[2, 20]", "+[3, thirty]"));
  }

  @Test
  void rowsWhoseKeyGotAnotherTypeSinceKeepTheirKeys() throws IOException {
    replace(NUMBERS, row(1L, 10L), row(2L, 20L));
    replace(schema("id", "string", "v", "int"), row("a", 10L));

    assertThat(rows(1), contains(row(1L, 10L), row(2L, 20L)));
  }
}
