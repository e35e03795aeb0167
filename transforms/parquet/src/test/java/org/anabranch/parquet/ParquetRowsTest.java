package org.anabranch.parquet;

import static org.anabranch.parquet.Rows.row;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.anabranch.model.Schema;
import org.anabranch.model.Type;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetRowsTest {

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = directory.resolve("base.parquet");
  }

  @Test
  void numbersKeepTheirValues() throws IOException {
    duckDb(
        "SELECT true AS b, (-8)::TINYINT AS i8, 200::UTINYINT AS u8, 65535::USMALLINT AS u16,"
            + " 4294967295::UINTEGER AS u32, 18446744073709551615::UBIGINT AS u64,"
            + " (-2147483648)::INTEGER AS i32, (-9223372036854775808)::BIGINT AS i64,"
            + " 1.5::FLOAT AS f, 2.25::DOUBLE AS d");

    assertThat(
        types(),
        contains(
            "boolean",
            "int",
            "int",
            "int",
            "bigint",
            "decimal(20,0)",
            "int",
            "bigint",
            "double",
            "double"));
    assertThat(
        Rows.read(file),
        contains(
            row(
                true,
                -8L,
                200L,
                65535L,
                4294967295L,
                new BigDecimal("18446744073709551615"),
                -2147483648L,
                Long.MIN_VALUE,
                1.5,
                2.25)));
  }

  @Test
  void decimalsKeepTheirScaleWhateverStoresThem() throws IOException {
    duckDb(
        "SELECT * FROM (VALUES (1.20::DECIMAL(4,2), -12345.60::DECIMAL(12,2),"
            + " 0.00::DECIMAL(30,2), -99999999999999999999999999999999999.999::DECIMAL(38,3)),"
            + " (-0.01, 128.00, -129.00, 256.000)) AS t(small, int64, wide, widest)");

    assertThat(
        types(), contains("decimal(4,2)", "decimal(12,2)", "decimal(30,2)", "decimal(38,3)"));
    assertThat(
        Rows.read(file),
        contains(
            row(
                new BigDecimal("1.20"),
                new BigDecimal("-12345.60"),
                new BigDecimal("0.00"),
                new BigDecimal("-99999999999999999999999999999999999.999")),
            row(
                new BigDecimal("-0.01"),
                new BigDecimal("128.00"),
                new BigDecimal("-129.00"),
                new BigDecimal("256.000"))));
  }

  @Test
  void equalDecimalsHaveEqualBytesWhateverStoresThem() throws IOException {
    duckDb("SELECT -12.50::DECIMAL(12,2) AS a, -12.50::DECIMAL(38,2) AS b");

    try (ParquetRows rows = ParquetRows.open(FileChannel.open(file))) {
      rows.next();
      int half = rows.length() / 2;
      assertThat(
          ByteBuffer.wrap(rows.buffer(), 0, half),
          equalTo(ByteBuffer.wrap(rows.buffer(), half, half)));
    }
  }

  @Test
  void datesAndTimesAreMicroseconds() throws IOException {
    duckDb(
        "SELECT DATE '1969-12-31' AS d, TIME '23:59:59.123456' AS t,"
            + " TIMESTAMP '1969-12-31 23:59:59.999999' AS ts,"
            + " TIMESTAMP_MS '2026-01-02 03:04:05.006' AS ms,"
            + " TIMESTAMP_NS '1969-12-31 23:59:59.123456789' AS ns,"
            + " TIMESTAMPTZ '2026-01-02 03:04:05.000006+00' AS tz");

    assertThat(
        types(), contains("date", "time", "timestamp", "timestamp", "timestamp", "timestamptz"));
    assertThat(
        Rows.read(file),
        contains(
            row(
                LocalDate.parse("1969-12-31"),
                LocalTime.parse("23:59:59.123456"),
                LocalDateTime.parse("1969-12-31T23:59:59.999999"),
                LocalDateTime.parse("2026-01-02T03:04:05.006"),
                LocalDateTime.parse("1969-12-31T23:59:59.123456"),
                Instant.parse("2026-01-02T03:04:05.000006Z"))));
  }

  @Test
  void textAndBytesKeepTheirBytes() throws IOException {
    duckDb(
        "SELECT 'naïve 日本 😀' AS s, '' AS e, '\\x00\\xFFa'::BLOB AS b,"
            + " 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::UUID AS u, '{\"a\": 1}'::JSON AS j,"
            + " 'on'::ENUM('on', 'off') AS n, INTERVAL '14 months 3 days 1500 milliseconds' AS i");

    assertThat(types(), contains("string", "string", "bytes", "uuid", "json", "string", "string"));
    assertThat(
        Rows.read(file),
        contains(
            row(
                "naïve 日本 😀",
                "",
                ByteBuffer.wrap(new byte[] {0, -1, 'a'}),
                "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
                "{\"a\": 1}",
                "on",
                "P14M3DT1.500S")));
  }

  @Test
  void aListOfPrimitivesOrOfSuchListsIsAListAndOtherNestingIsJson() throws IOException {
    duckDb(
        "SELECT [1, NULL, 3] AS l, []::VARCHAR[] AS e, [1.50::DECIMAL(6,2)] AS d,"
            + " [[1], [], NULL] AS ll, {'a': 1, 'b': NULL::VARCHAR, 'c': ['x\"']} AS s,"
            + " MAP {'k': 1.5::DOUBLE, 'l': NULL} AS m, [{'at': DATE '2026-01-02'}] AS ls,"
            + " MAP {7: true} AS mi");

    assertThat(
        types(),
        contains(
            "list<int>",
            "list<string>",
            "list<decimal(6,2)>",
            "list<list<int>>",
            "json",
            "json",
            "json",
            "json"));
    assertThat(
        Rows.read(file),
        contains(
            row(
                row(1L, null, 3L),
                List.of(),
                List.of(new BigDecimal("1.50")),
                row(List.of(1L), List.of(), null),
                "{\"a\":1,\"b\":null,\"c\":[\"x\\\"\"]}",
                "{\"k\":1.5,\"l\":null}",
                "[{\"at\":\"2026-01-02\"}]",
                "{\"7\":true}")));
  }

  @Test
  void absentValuesAreNullAtTheirPlace() throws IOException {
    duckDb(
        "SELECT * FROM (VALUES (1, 'a', [1], {'x': 1}, 1.5), (NULL, NULL, NULL, NULL, NULL),"
            + " (NULL, 'b', NULL, {'x': NULL}, NULL), (4, NULL, [NULL], NULL, 2.5))"
            + " AS t(i, s, l, o, d)");

    assertThat(
        Rows.read(file),
        contains(
            row(1L, "a", List.of(1L), "{\"x\":1}", new BigDecimal("1.5")),
            row(null, null, null, null, null),
            row(null, "b", null, "{\"x\":null}", null),
            row(4L, null, row((Object) null), null, new BigDecimal("2.5"))));
  }

  @Test
  void adjoiningRangesReadEachRowGroupOnce() throws IOException {
    DuckDb.run(
        "COPY (SELECT range AS id, 'name ' || (range % 7) AS name FROM range(20000)) TO '"
            + file
            + "' (ROW_GROUP_SIZE 2048)");
    long size = Files.size(file);

    List<Long> ids = new ArrayList<>();
    List<Integer> counts = new ArrayList<>();
    for (int part = 0; part < 3; part++) {
      try (ParquetRows rows =
          ParquetRows.open(
              FileChannel.open(file),
              size * part / 3,
              part == 2 ? Long.MAX_VALUE : size * (part + 1) / 3)) {
        List<List<@Nullable Object>> read = Rows.read(rows);
        counts.add(read.size());
        read.forEach(row -> ids.add((Long) row.get(0)));
      }
    }

    List<Long> expected = new ArrayList<>();
    for (long id = 0; id < 20000; id++) {
      expected.add(id);
    }

    assertThat(ids, equalTo(expected));
    counts.forEach(count -> assertThat(count, greaterThan(0)));
  }

  @Test
  void valuesAreTheSameWithAndWithoutADictionary() throws IOException {
    DuckDb.run(
        "COPY (SELECT range AS id, 'n' || (range % 10) AS few, 'n' || hash(range) AS many,"
            + " (range % 3)::DECIMAL(12,2) AS price FROM range(5000)) TO '"
            + file
            + "'");

    List<List<@Nullable Object>> rows = Rows.read(file);
    List<List<@Nullable String>> expected =
        DuckDb.query("SELECT id, few, many, price FROM '" + file + "'");
    assertThat(
        rows.stream().map(row -> row.stream().map(String::valueOf).toList()).toList(),
        equalTo(expected));
  }

  @Test
  void anEmptyFileStillHasColumns() throws IOException {
    duckDb("SELECT 1 AS a, 'x' AS b WHERE false");

    assertThat(Rows.schemaOf(file), equalTo(Rows.schema("a", "int", "b", "string")));
    assertThat(Rows.read(file), empty());
  }

  @Test
  void listsOfOlderWritersAreRead() throws IOException {
    MessageType message =
        MessageTypeParser.parseMessageType(
            """
            message m {
              required int32 before;
              optional group two (LIST) { repeated int32 element; }
              optional group tuple (LIST) { repeated group tuple_tuple { required int32 x; } }
              repeated binary bare (STRING);
              repeated group things { optional int64 x; }
              optional int32 after;
            }
            """);
    write(
        message,
        group -> {
          group.add("before", 1);
          Group two = group.addGroup("two");
          two.add("element", 5);
          two.add("element", 6);
          group.addGroup("tuple").addGroup("tuple_tuple").add("x", 7);
          group.add("bare", "a");
          group.add("bare", "b");
          group.addGroup("things").add("x", 8L);
          group.addGroup("things");
        },
        group -> {
          group.add("before", 2);
          group.add("after", 3);
        });

    assertThat(types(), contains("int", "list<int>", "json", "list<string>", "json", "int"));
    assertThat(
        Rows.read(file),
        contains(
            row(
                1L,
                List.of(5L, 6L),
                "[{\"x\":7}]",
                List.of("a", "b"),
                "[{\"x\":8},{\"x\":null}]",
                null),
            row(2L, null, null, List.of(), "[]", 3L)));
  }

  @Test
  void int96IsAnInstant() throws IOException {
    Binary int96 =
        Binary.fromConstantByteBuffer(
            ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(3_723_000_004_999L)
                .putInt(2_440_587)
                .flip());
    write(
        MessageTypeParser.parseMessageType("message m { required int96 at; }"),
        group -> group.add("at", int96));

    assertThat(types(), contains("timestamptz"));
    assertThat(Rows.read(file), contains(row(Instant.parse("1969-12-31T01:02:03.000004Z"))));
  }

  @Test
  void timesInOtherUnitsBecomeMicroseconds() throws IOException {
    write(
        MessageTypeParser.parseMessageType(
            """
            message m {
              required int32 ms (TIME(MILLIS,true));
              required int64 ns (TIME(NANOS,false));
              required int64 tz (TIMESTAMP(NANOS,true));
            }
            """),
        group -> {
          group.add("ms", 1_001);
          group.add("ns", 1_999L);
          group.add("tz", -1L);
        });

    assertThat(
        Rows.read(file),
        contains(
            row(
                LocalTime.parse("00:00:01.001"),
                LocalTime.parse("00:00:00.000001"),
                Instant.parse("1969-12-31T23:59:59.999999Z"))));
  }

  @Test
  void halfPrecisionNumbersAreDoubles() throws IOException {
    MessageType message =
        Types.buildMessage()
            .required(PrimitiveType.PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY)
            .length(2)
            .as(LogicalTypeAnnotation.float16Type())
            .named("h")
            .named("m");
    write(message, half(0x3C00), half(0xC100), half(0x0001), half(0x7C00), half(0x7BFF));

    List<List<@Nullable Object>> rows = Rows.read(file);
    assertThat(rows.get(0), contains(1.0));
    assertThat(rows.get(1), contains(-2.5));
    assertThat((Double) rows.get(2).get(0), closeTo(5.9604644775390625e-8, 0));
    assertThat(rows.get(3), contains(Double.POSITIVE_INFINITY));
    assertThat(rows.get(4), contains(65504.0));
  }

  private static Consumer<Group> half(int bits) {
    byte[] bytes = {(byte) bits, (byte) (bits >> 8)};
    return group -> group.add("h", Binary.fromConstantByteArray(bytes));
  }

  @Test
  void aFileThatIsNotParquetIsRefusedAndClosed() throws IOException {
    Files.writeString(file, "these are not the bytes of a Parquet file");
    FileChannel channel = FileChannel.open(file);

    assertThrows(RuntimeException.class, () -> ParquetRows.open(channel));
    assertThat(channel.isOpen(), equalTo(false));
  }

  private void duckDb(String select) {
    DuckDb.run("COPY (" + select + ") TO '" + file + "'");
  }

  @SafeVarargs
  private void write(MessageType message, Consumer<Group>... rows) throws IOException {
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file)).withType(message).build()) {
      for (Consumer<Group> row : rows) {
        Group group = new SimpleGroup(message);
        row.accept(group);
        writer.write(group);
      }
    }
  }

  private List<String> types() throws IOException {
    return Rows.schemaOf(file).columns().stream()
        .map(Schema.Column::type)
        .map(Type::toString)
        .toList();
  }
}
