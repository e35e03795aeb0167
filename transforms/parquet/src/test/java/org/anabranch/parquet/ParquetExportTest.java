package org.anabranch.parquet;

import static org.anabranch.parquet.Rows.row;
import static org.anabranch.parquet.Rows.schema;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.anabranch.model.Schema;
import org.anabranch.model.Values;
import org.anabranch.parquet.ParquetExport.ExportedFile;
import org.anabranch.parquet.ParquetExport.RowFile;
import org.anabranch.transforms.merge.RowSlices;
import org.apache.beam.sdk.util.SerializableUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParquetExportTest {

  private static final Schema EVERY_TYPE =
      schema(
          "b",
          "boolean",
          "i",
          "int",
          "l",
          "bigint",
          "d",
          "double",
          "n",
          "decimal(12,2)",
          "w",
          "decimal(38,3)",
          "dt",
          "date",
          "t",
          "time",
          "ts",
          "timestamp",
          "tz",
          "timestamptz",
          "x",
          "bytes",
          "u",
          "uuid",
          "j",
          "json",
          "s",
          "string",
          "nil",
          "null",
          "li",
          "list<int>",
          "ls",
          "list<string>",
          "ln",
          "list<decimal(5,1)>",
          "ll",
          "list<list<bigint>>");

  private static final List<@Nullable Object> FULL =
      row(
          true,
          -7L,
          Long.MIN_VALUE,
          2.5,
          new BigDecimal("-1234567890.12"),
          new BigDecimal("-99999999999999999999999999999999999.999"),
          LocalDate.parse("1969-12-31"),
          LocalTime.parse("23:59:59.123456"),
          LocalDateTime.parse("1969-12-31T23:59:59.999999"),
          Instant.parse("2026-01-02T03:04:05.000006Z"),
          ByteBuffer.wrap(new byte[] {0, -1, 'a'}),
          "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
          "{\"a\":1}",
          "naïve 日本 😀",
          null,
          row(1L, null, 3L),
          row("a", null, "bc"),
          row(new BigDecimal("1.5"), new BigDecimal("-2.5")),
          row(row(1L), List.of(), null));

  @TempDir Path directory;

  @Test
  void everyTypeIsReadByAnotherEngine() throws IOException {
    Path file = write(EVERY_TYPE, FULL, Collections.nCopies(19, null));

    assertThat(
        DuckDb.query("SELECT column_type FROM (DESCRIBE SELECT * FROM '" + file + "')").stream()
            .map(row -> row.get(0))
            .toList(),
        contains(
            "BOOLEAN",
            "INTEGER",
            "BIGINT",
            "DOUBLE",
            "DECIMAL(12,2)",
            "DECIMAL(38,3)",
            "DATE",
            "TIME",
            "TIMESTAMP",
            "TIMESTAMP WITH TIME ZONE",
            "BLOB",
            "VARCHAR",
            "VARCHAR",
            "VARCHAR",
            "VARCHAR",
            "INTEGER[]",
            "VARCHAR[]",
            "DECIMAL(5,1)[]",
            "BIGINT[][]"));
    assertThat(
        DuckDb.query("SELECT COLUMNS(*)::VARCHAR FROM '" + file + "'"),
        contains(
            row(
                "true",
                "-7",
                "-9223372036854775808",
                "2.5",
                "-1234567890.12",
                "-99999999999999999999999999999999999.999",
                "1969-12-31",
                "23:59:59.123456",
                "1969-12-31 23:59:59.999999",
                "2026-01-02 03:04:05.000006+00",
                "\\x00\\xFFa",
                "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
                "{\"a\":1}",
                "naïve 日本 😀",
                null,
                "[1, NULL, 3]",
                "[a, NULL, bc]",
                "[1.5, -2.5]",
                "[[1], [], NULL]"),
            Collections.nCopies(19, null)));
  }

  @Test
  void everyTypeComesBack() throws IOException {
    Path file = write(EVERY_TYPE, FULL, Collections.nCopies(19, null));

    assertThat(Rows.read(file), contains(FULL, Collections.nCopies(19, null)));
  }

  @Test
  void valuesOfNarrowerTypesBecomeTheTypeOfTheColumn() throws IOException {
    Schema schema =
        schema("a", "double", "b", "decimal(20,3)", "c", "decimal(38,2)", "d", "bigint");
    Path file =
        write(
            schema,
            row(3L, 3L, 3L, new BigDecimal("3.00")),
            row(-1L, new BigDecimal("-1.5"), new BigDecimal("99999999999999999999"), 1L),
            row(0L, new BigDecimal("1E+2"), Long.MIN_VALUE, 1L),
            row(0L, Long.MAX_VALUE / 1000, 12.5, 1L));

    assertThat(
        Rows.read(file),
        contains(
            row(3.0, new BigDecimal("3.000"), new BigDecimal("3.00"), 3L),
            row(-1.0, new BigDecimal("-1.500"), new BigDecimal("99999999999999999999.00"), 1L),
            row(0.0, new BigDecimal("100.000"), new BigDecimal("-9223372036854775808.00"), 1L),
            row(0.0, new BigDecimal("9223372036854775.000"), new BigDecimal("12.50"), 1L)));
  }

  @Test
  void anyValueFitsTextAsItsCanonicalText() throws IOException {
    Path file =
        write(
            schema("s", "string"),
            row(true),
            row(12L),
            row(new BigDecimal("1.50")),
            row(LocalDate.parse("2026-01-02")),
            row(Instant.parse("2026-01-02T03:04:05Z")),
            row(List.of(1L, "x")),
            row(ByteBuffer.wrap(new byte[] {1, 2})));

    assertThat(
        Rows.read(file),
        contains(
            row("true"),
            row("12"),
            row("1.5"),
            row("2026-01-02"),
            row("2026-01-02T03:04:05Z"),
            row("[1,\"x\"]"),
            row("AQI=")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int            | 2147483648",
        "decimal(5,2)   | 1000",
        "decimal(18,0)  | 1000000000000000000",
        "decimal(19,10) | 9223372036854775807",
        "date           | 1",
        "time           | 1",
        "timestamptz    | 1",
        "boolean        | 1",
        "bytes          | 1",
        "list<int>      | 1"
      })
  void aNumberThatDoesNotFitIsRefused(String type, long value) {
    assertRefused(type, value);
  }

  @Test
  void whatIsNotExactIsRefused() {
    assertRefused("bigint", new BigDecimal("1.5"));
    assertRefused("decimal(10,1)", new BigDecimal("1.25"));
    assertRefused("decimal(38,1)", new BigDecimal("1e38"));
    assertRefused("bigint", "12");
    assertRefused("double", "12");
    assertRefused("timestamp", Instant.EPOCH);
    assertRefused("decimal(10,1)", Double.NaN);
  }

  @Test
  void anElementThatDoesNotFitIsRefused() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> write(schema("total", "list<int>"), row(List.of("x"))));
    assertThat(
        refused.getMessage(),
        equalTo("an element of column 'total' is int, which cannot hold a value of type string"));
  }

  private void assertRefused(String type, Object value) {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> write(schema("total", type), row(value)));
    assertThat(refused.getMessage(), containsString("column 'total' is " + type));
  }

  @Test
  void aHoleThatNothingFilledIsNull() throws IOException {
    RowFile file = export().create("t", schema("a", "bigint", "b", "string"), 0);
    RowSlices row = new RowSlices(2);
    row.set(0, new byte[] {Values.UNAVAILABLE}, 0);
    row.set(1, new byte[] {Values.CARRIED, 1, 9}, 0);
    file.write(row);

    assertThat(Rows.read(Path.of(file.close().path())), contains(row(null, null)));
  }

  @Test
  void columnsKeepNamesThatAvroDoesNotAllow() throws IOException {
    Schema schema =
        schema(
            "order-id",
            "bigint",
            "größe (cm)",
            "double",
            "1st",
            "list<string>",
            "a.b",
            "string",
            "say \"hi\"",
            "decimal(9,2)",
            "c0",
            "boolean");
    List<@Nullable Object> values =
        row(1L, 2.5, row("x", null), "dot", new BigDecimal("1.00"), true);
    Path file = write(schema, values, Collections.nCopies(6, null));

    assertThat(
        DuckDb.query("SELECT column_name FROM (DESCRIBE SELECT * FROM '" + file + "')").stream()
            .map(row -> row.get(0))
            .toList(),
        contains("order-id", "größe (cm)", "1st", "a.b", "say \"hi\"", "c0"));
    assertThat(
        DuckDb.query("SELECT COLUMNS(*)::VARCHAR FROM '" + file + "'").get(0),
        contains("1", "2.5", "[x, NULL]", "dot", "1.00", "true"));
    assertThat(Rows.schemaOf(file), equalTo(schema));
    assertThat(Rows.read(file), contains(values, Collections.nCopies(6, null)));
  }

  @Test
  void timesOfDayHaveNoZone() throws IOException {
    Path file = write(schema("t", "time", "l", "list<time>"), row(null, List.of(LocalTime.NOON)));

    assertThat(
        DuckDb.query("SELECT typeof(t), typeof(l), l::VARCHAR FROM '" + file + "'"),
        contains(row("TIME", "TIME[]", "['12:00:00']")));
    assertThat(Rows.read(file), contains(row(null, List.of(LocalTime.NOON))));
  }

  @Test
  void renamedColumnsSurviveSeveralRowGroups() throws IOException {
    Schema schema = schema("an id", "bigint", "a text", "string");
    String text = "x".repeat(1 << 14);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (long i = 0; i < 3000; i++) {
      rows.add(row(i, i + text));
    }

    ExportedFile written =
        Rows.write(export().withCompression("uncompressed"), "t", 0, schema, rows);

    assertThat(
        DuckDb.query(
            "SELECT count(DISTINCT row_group_id) > 1 FROM parquet_metadata('"
                + written.path()
                + "')"),
        contains(row("true")));
    assertThat(
        DuckDb.query("SELECT count(*), sum(\"an id\") FROM '" + written.path() + "'"),
        contains(row("3000", "4498500")));
    assertThat(Rows.read(Path.of(written.path())), equalTo(rows));
  }

  @Test
  void tellsWhatWasWritten() throws IOException {
    ExportedFile written =
        Rows.write(export(), "t", 7, schema("a", "bigint"), List.of(row(1L), row(2L)));

    assertThat(written.rows(), equalTo(2L));
    assertThat(written.bytes(), equalTo(Files.size(Path.of(written.path()))));
    assertThat(written.path(), matchesPattern(directory + "/t/part-00007-[0-9a-f-]{36}\\.parquet"));
  }

  @Test
  void aRepeatedBundleWritesAFileOfItsOwn() throws IOException {
    Schema schema = schema("a", "bigint");
    ExportedFile first = Rows.write(export(), "t", 0, schema, List.of(row(1L)));
    ExportedFile again = Rows.write(export(), "t", 0, schema, List.of(row(1L)));

    assertThat(again.path(), is(not(first.path())));
    assertThat(Rows.read(Path.of(first.path())), contains(row(1L)));
  }

  @Test
  void aFileWithoutRowsHasTheColumns() throws IOException {
    Path file = write(schema("a", "bigint", "b c", "string"));

    assertThat(Rows.schemaOf(file), equalTo(schema("a", "bigint", "b c", "string")));
    assertThat(Rows.read(file), empty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"snappy", "ZSTD", "gzip", "UNCOMPRESSED"})
  void compressesAsAsked(String codec) throws IOException {
    ExportedFile written =
        Rows.write(
            export().withCompression(codec), "t", 0, schema("a", "bigint"), List.of(row(1L)));

    assertThat(
        DuckDb.query("SELECT lower(compression) FROM parquet_metadata('" + written.path() + "')"),
        contains(row(codec.toLowerCase(Locale.ROOT))));
  }

  @Test
  void saysWhichCodecsThereAre() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> export().withCompression("rar"));
    assertThat(refused.getMessage(), allOf(containsString("ZSTD"), containsString("but was: rar")));
  }

  @Test
  void travelsToWorkers() throws IOException {
    ParquetExport copy = SerializableUtils.clone(export().withCompression("zstd"));

    Path file = Path.of(Rows.write(copy, "t", 0, schema("a", "int"), List.of(row(1L))).path());
    assertThat(file.startsWith(directory), is(true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", ".anabranch", "a/b", "a\\b", "a\nb"})
  void aTableNameMustBeAFileName(String name) {
    assertThrows(
        IllegalArgumentException.class, () -> export().create(name, schema("a", "int"), 0));
  }

  private ParquetExport export() {
    return ParquetExport.into(directory.toString());
  }

  @SafeVarargs
  private Path write(Schema schema, List<@Nullable Object>... rows) throws IOException {
    List<List<@Nullable Object>> list = new ArrayList<>();
    for (List<@Nullable Object> row : rows) {
      list.add(row);
    }

    return Path.of(Rows.write(export(), "t", 0, schema, list).path());
  }
}
