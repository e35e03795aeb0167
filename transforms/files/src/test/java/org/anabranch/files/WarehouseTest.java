package org.anabranch.files;

import static org.anabranch.files.Rows.row;
import static org.anabranch.files.Rows.schema;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.anabranch.files.Warehouse.Run;
import org.anabranch.files.Warehouse.TableCommit;
import org.anabranch.files.Warehouse.TableVersion;
import org.anabranch.model.Schema;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WarehouseTest {

  private static final Schema SCHEMA = schema("id", "bigint", "name", "string");

  @TempDir Path temporary;
  private Path directory;
  private Warehouse warehouse;

  @BeforeEach
  void open() {
    directory = temporary.resolve("warehouse");
    warehouse = Warehouse.at(directory);
  }

  @Test
  void aPublishedTableIsFoundByItsNameByAnyEngine() throws IOException {
    publish("orders", List.of(row(2L, "b")), List.of(row(1L, "a")));

    assertThat(
        DuckDb.query("SELECT * FROM '" + directory + "/orders/*.parquet' ORDER BY id"),
        contains(row("1", "a"), row("2", "b")));
  }

  @Test
  void tellsWhatWasCommitted() throws IOException {
    Instant before = Instant.now().minusSeconds(1);
    publish("orders", List.of(row(1L, "a"), row(3L, "c")), List.of(row(2L, "b")));

    TableVersion table = warehouse.table("orders");
    assertThat(table.table(), equalTo("orders"));
    assertThat(table.version(), equalTo(1L));
    assertThat(table.committedAt().isAfter(before), is(true));
    assertThat(table.key(), contains("id"));
    assertThat(table.schema(), equalTo(SCHEMA));
    assertThat(table.rows(), equalTo(3L));
    assertThat(table.files(), hasSize(2));
    assertThat(table.files(), everyItem(fileExists()));
    assertThat(
        table.bytes(),
        equalTo(Files.size(table.files().get(0)) + Files.size(table.files().get(1))));
    assertThat(table.progress(), equalTo("{\"offset\": 7}"));
    assertThat(warehouse.tables(), contains(table));
  }

  private static org.hamcrest.Matcher<Path> fileExists() {
    return new org.hamcrest.FeatureMatcher<>(is(true), "an existing file", "exists") {
      @Override
      protected Boolean featureValueOf(Path path) {
        return Files.isRegularFile(path);
      }
    };
  }

  @Test
  void theDescriptionIsAsDocumented() throws IOException {
    publish("orders", List.of(row(1L, "a")));

    assertThat(
        DuckDb.query(
            "SELECT format, \"table\", version, key, columns, rows, files[1].rows, progress FROM '"
                + directory
                + "/orders/_ab_table.json'"),
        contains(
            row(
                "1",
                "orders",
                "1",
                "[id]",
                "[{'name': id, 'type': bigint, 'ordinal': 0},"
                    + " {'name': name, 'type': string, 'ordinal': 1}]",
                "1",
                "1",
                "{\"offset\": 7}")));
  }

  @Test
  void membersOfLaterReleasesAreIgnored() throws IOException {
    publish("orders", List.of(row(1L, "a")));
    Path description = directory.resolve("orders/_ab_table.json");
    String text = Files.readString(description);
    Files.writeString(
        description, text.replaceFirst("\\{", "{\"new\": {\"rows\": [1, {\"files\": []}]},"));

    assertThat(warehouse.table("orders").rows(), equalTo(1L));
  }

  @Test
  void aLaterFormatIsNotRead() throws IOException {
    publish("orders", List.of(row(1L, "a")));
    Path description = directory.resolve("orders/_ab_table.json");
    Files.writeString(
        description, Files.readString(description).replace("\"format\" : 1", "\"format\" : 2"));

    IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> warehouse.table("orders"));
    assertThat(refused.getMessage(), containsString("format 2"));
  }

  @Test
  void rowsOfAllFilesComeOrderedByKey() throws IOException {
    Schema schema = schema("name", "string", "id", "decimal(12,2)", "at", "int");
    List<List<@Nullable Object>> first = new ArrayList<>();
    List<List<@Nullable Object>> second = new ArrayList<>();
    List<List<@Nullable Object>> all = new ArrayList<>();
    for (int i = -50; i < 200; i++) {
      List<@Nullable Object> row =
          row(i % 2 == 0 ? null : "n" + i, new BigDecimal(i).setScale(2), (long) i);
      (i % 3 == 0 ? first : second).add(row);
      all.add(row);
    }

    try (Run run = warehouse.startRun()) {
      List<WrittenFile> files =
          List.of(
              file(run, "t", 0, schema, first),
              file(run, "t", 1, schema, List.of()),
              file(run, "t", 2, schema, second));
      run.publish(new TableCommit("t", List.of("id"), schema, files, ""));
    }

    try (TableRows rows = warehouse.table("t").openRows()) {
      assertThat(rows.columns(), contains("name", "id", "at"));
      assertThat(Rows.read(rows), equalTo(all));
      assertThat(rows.next(), is(false));
      assertThrows(IllegalStateException.class, rows::row);
    }
  }

  @Test
  void keysOfSeveralColumnsOrderInTheirOrder() throws IOException {
    Schema schema = schema("a", "string", "b", "int");
    try (Run run = warehouse.startRun()) {
      List<WrittenFile> files =
          List.of(
              file(run, "t", 0, schema, List.of(row("y", 1L), row("x", 2L))),
              file(run, "t", 1, schema, List.of(row("z", 1L), row("w", 3L))));
      run.publish(new TableCommit("t", List.of("b", "a"), schema, files, ""));
    }

    try (TableRows rows = warehouse.table("t").openRows()) {
      assertThat(Rows.read(rows), contains(row("y", 1L), row("z", 1L), row("x", 2L), row("w", 3L)));
    }
  }

  @Test
  void rowsWithoutAKeyComeFileByFile() throws IOException {
    try (Run run = warehouse.startRun()) {
      List<WrittenFile> files =
          List.of(
              file(run, "t", 0, SCHEMA, List.of(row(9L, "a"), row(1L, "b"))),
              file(run, "t", 1, SCHEMA, List.of()),
              file(run, "t", 2, SCHEMA, List.of(row(5L, "c"))));
      run.publish(new TableCommit("t", List.of(), SCHEMA, files, ""));
    }

    try (TableRows rows = warehouse.table("t").openRows()) {
      assertThat(Rows.read(rows), contains(row(9L, "a"), row(1L, "b"), row(5L, "c")));
    }
  }

  @Test
  void rowsMayBeLeftInTheMiddle() throws IOException {
    publish("t", List.of(row(1L, "a"), row(3L, "c")), List.of(row(2L, "b")));

    try (TableRows rows = warehouse.table("t").openRows()) {
      assertThat(rows.next(), is(true));
      assertThat(rows.row(), contains(1L, "a"));
    }
  }

  @Test
  void aTableWithoutRowsHasItsColumns() throws IOException {
    try (Run run = warehouse.startRun()) {
      run.publish(new TableCommit("t", List.of("id"), SCHEMA, List.of(), ""));
    }

    assertThat(
        DuckDb.query(
            "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '"
                + directory
                + "/t/*.parquet')"),
        contains(row("id", "BIGINT"), row("name", "VARCHAR")));
    assertThat(warehouse.table("t").rows(), equalTo(0L));
    try (TableRows rows = warehouse.table("t").openRows()) {
      assertThat(Rows.read(rows), empty());
    }
  }

  @Test
  void onlyListedFilesBecomePartOfTheTable() throws IOException {
    try (Run run = warehouse.startRun()) {
      file(run, "t", 0, SCHEMA, List.of(row(1L, "of a bundle that was repeated")));
      WrittenFile listed = file(run, "t", 0, SCHEMA, List.of(row(1L, "a")));
      WrittenFile other = file(run, "u", 0, SCHEMA, List.of(row(2L, "b")));
      run.publish(new TableCommit("t", List.of("id"), SCHEMA, List.of(listed), ""));

      assertThat(Files.exists(run.staging().resolve("t")), is(false));
      assertThat(Files.exists(Path.of(other.path())), is(true));
    }

    assertThat(
        DuckDb.query("SELECT * FROM '" + directory + "/t/*.parquet'"), contains(row("1", "a")));
  }

  @Test
  void filesOfElsewhereAreRefused() throws IOException {
    try (Run run = warehouse.startRun()) {
      WrittenFile outside =
          Rows.write(ParquetStore.into(temporary.toString()), "t", 0, SCHEMA, List.of());
      TableCommit commit = new TableCommit("t", List.of(), SCHEMA, List.of(outside), "");
      assertThrows(IllegalArgumentException.class, () -> run.publish(commit));

      WrittenFile twice = file(run, "t", 0, SCHEMA, List.of());
      TableCommit doubled = new TableCommit("t", List.of(), SCHEMA, List.of(twice, twice), "");
      assertThrows(IllegalArgumentException.class, () -> run.publish(doubled));
    }

    assertThat(warehouse.tables(), empty());
  }

  @Test
  void aKeyMustBeAmongTheColumns() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new TableCommit("t", List.of("nope"), SCHEMA, List.of(), ""));
  }

  @Test
  void keepsAsManyVersionsAsAsked() throws IOException {
    for (int i = 1; i <= 5; i++) {
      publish("t", List.of(row((long) i, "a")));
    }

    warehouse.startRun(3).close();
    assertThat(versions("t"), contains("v000003", "v000004", "v000005"));
    warehouse.startRun().close();
    assertThat(versions("t"), contains("v000004", "v000005"));
    warehouse.startRun(1).close();
    assertThat(versions("t"), contains("v000005"));
  }

  @Test
  void anOlderVersionIsReadAsLongAsItIsKept() throws IOException {
    publish("t", List.of(row(1L, "old")));
    publish("t", List.of(row(1L, "new")));

    try (TableRows old = warehouse.table("t", 1).openRows();
        TableRows current = warehouse.table("t").openRows()) {
      assertThat(Rows.read(old), contains(row(1L, "old")));
      assertThat(Rows.read(current), contains(row(1L, "new")));
    }
  }

  @Test
  void errorsListWhatThereIs() throws IOException {
    publish("orders", List.of(row(1L, "a")));
    publish("customers", List.of(row(1L, "a")));
    publish("customers", List.of(row(1L, "a")));

    IllegalArgumentException noTable =
        assertThrows(IllegalArgumentException.class, () -> warehouse.table("order"));
    assertThat(
        noTable.getMessage(),
        allOf(containsString("no table 'order'"), containsString("[customers, orders]")));
    IllegalArgumentException noVersion =
        assertThrows(IllegalArgumentException.class, () -> warehouse.table("customers", 9));
    assertThat(
        noVersion.getMessage(), equalTo("table 'customers' has no version 9; versions: [1, 2]"));
  }

  @Test
  void nothingWasEverPublished() throws IOException {
    assertThat(warehouse.tables(), empty());
    warehouse.startRun().close();
    assertThat(warehouse.tables(), empty());
  }

  @Test
  void aDirectoryOfSomebodyElseIsNotTouched() throws IOException {
    Files.createDirectories(directory.resolve("t"));
    Files.writeString(directory.resolve("t/mine.txt"), "mine");

    IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> publish("t", List.of(row(1L, "a"))));
    assertThat(refused.getMessage(), containsString("in the way"));
    assertThat(Files.readString(directory.resolve("t/mine.txt")), equalTo("mine"));
    assertThat(warehouse.tables(), empty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3://bucket/tables", "gs://b", "hdfs://host:8020/tables"})
  void onlyAFileSystemCanBeAWarehouse(String uri) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Warehouse.at(Path.of(uri)));
    assertThat(refused.getMessage(), startsWith("a warehouse must be a directory"));
  }

  @Test
  void atLeastTheCurrentVersionIsKept() {
    assertThrows(IllegalArgumentException.class, () -> warehouse.startRun(0));
  }

  @Test
  void aSecondRunIsToldWhoIsWriting() throws IOException {
    try (Run run = warehouse.startRun()) {
      for (int attempt = 0; attempt < 2; attempt++) {
        IllegalStateException refused =
            assertThrows(IllegalStateException.class, () -> Warehouse.at(directory).startRun());
        assertThat(
            refused.getMessage(),
            allOf(
                startsWith("another run is writing this warehouse: process "),
                containsString(ProcessHandle.current().pid() + " since 20"),
                containsString(directory.toString())));
      }

      assertThat(Files.isDirectory(run.staging()), is(true));
    }

    warehouse.startRun().close();
  }

  @Test
  void theWarehouseCanBeMoved() throws IOException {
    publish("t", List.of(row(1L, "a")));
    Path moved = Files.move(directory, temporary.resolve("elsewhere"));

    try (TableRows rows = Warehouse.at(moved).table("t").openRows()) {
      assertThat(Rows.read(rows), contains(row(1L, "a")));
    }
  }

  @Test
  void aReaderSeesOneVersionWhole() throws Exception {
    publishTwice(0);
    ExecutorService reader = Executors.newSingleThreadExecutor();
    try {
      Future<Integer> reads = reader.submit(() -> readUntil(15));
      for (int i = 1; i <= 15; i++) {
        publishTwice(i);
      }

      assertThat(reads.get() > 0, is(true));
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    } finally {
      reader.shutdownNow();
    }
  }

  private void publishTwice(int number) throws IOException {
    try (Run run = warehouse.startRun(100)) {
      String name = "version " + number;
      List<WrittenFile> files =
          List.of(
              file(run, "t", 0, SCHEMA, List.of(row(1L, name))),
              file(run, "t", 1, SCHEMA, List.of(row(2L, name))));
      run.publish(new TableCommit("t", List.of("id"), SCHEMA, files, ""));
    }
  }

  private int readUntil(int last) throws IOException {
    int reads = 0;
    while (true) {
      Set<@Nullable Object> names = new HashSet<>();
      try (TableRows rows = warehouse.table("t").openRows()) {
        Rows.read(rows).forEach(row -> names.add(row.get(1)));
      }

      assertThat(names, hasSize(1));
      reads++;
      if (names.contains("version " + last)) {
        return reads;
      }
    }
  }

  private List<String> versions(String table) throws IOException {
    return WarehouseLayout.children(directory.resolve(".anabranch/tables").resolve(table)).stream()
        .map(path -> path.getFileName().toString())
        .toList();
  }

  @SafeVarargs
  private void publish(String table, List<List<@Nullable Object>>... files) throws IOException {
    try (Run run = warehouse.startRun(10)) {
      List<WrittenFile> written = new ArrayList<>();
      for (int bucket = 0; bucket < files.length; bucket++) {
        written.add(file(run, table, bucket, SCHEMA, files[bucket]));
      }

      run.publish(new TableCommit(table, List.of("id"), SCHEMA, written, "{\"offset\": 7}"));
    }
  }

  private static WrittenFile file(
      Run run, String table, int bucket, Schema schema, List<List<@Nullable Object>> rows)
      throws IOException {
    return Rows.write(ParquetStore.into(run.staging().toString()), table, bucket, schema, rows);
  }
}
