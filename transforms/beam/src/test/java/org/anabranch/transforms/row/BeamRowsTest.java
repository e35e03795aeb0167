package org.anabranch.transforms.row;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.logicaltypes.MicrosInstant;
import org.apache.beam.sdk.schemas.logicaltypes.SqlTypes;
import org.apache.beam.sdk.values.Row;
import org.joda.time.DateTime;
import org.joda.time.DateTimeZone;
import org.junit.jupiter.api.Test;

class BeamRowsTest {

  private static final Instant MICROS = Instant.parse("1969-12-31T23:59:59.123456Z");

  @Test
  void whatComesOutIsWhatWentInToTheMicrosecond() {
    Schema schema =
        Schema.builder()
            .addNullableField("flag", FieldType.BOOLEAN)
            .addNullableField("int", FieldType.INT32)
            .addNullableField("long", FieldType.INT64)
            .addNullableField("double", FieldType.DOUBLE)
            .addNullableField("decimal", FieldType.DECIMAL)
            .addNullableField("text", FieldType.STRING)
            .addNullableField("bytes", FieldType.BYTES)
            .addNullableField("date", FieldType.logicalType(SqlTypes.DATE))
            .addNullableField("time", FieldType.logicalType(SqlTypes.TIME))
            .addNullableField("timestamp", FieldType.logicalType(SqlTypes.DATETIME))
            .addNullableField("instant", FieldType.logicalType(new MicrosInstant()))
            .addNullableField("list", FieldType.array(FieldType.STRING.withNullable(true)))
            .build();
    Row row =
        Row.withSchema(schema)
            .addValues(
                true,
                -7,
                Long.MIN_VALUE,
                0.1,
                new BigDecimal("1.50"),
                "Köln",
                new byte[] {0, -1},
                LocalDate.of(2026, 2, 28),
                LocalTime.parse("23:59:59.000001"),
                LocalDateTime.parse("1900-01-01T00:00:00.000001"),
                MICROS,
                Arrays.asList("a", null))
            .build();
    Row nulls = Row.nullRow(schema);
    assertThat(roundTrip(row), is(row));
    assertThat(roundTrip(nulls), is(nulls));
  }

  /** Encodes as a change is, and reads as a table is. */
  private static Row roundTrip(Row row) {
    List<Column> columns = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    for (Field field : row.getSchema().getFields()) {
      Type type = BeamRows.type(field);
      columns.add(
          new Column(field.getName(), type == null ? Type.decimal(9, 2) : type, columns.size()));
      Object value = BeamRows.toModel(field.getType(), row.<Object>getValue(field.getName()));
      values.add(Values.decode(Values.encode(value)));
    }

    return BeamRows.row(BeamRows.schema(org.anabranch.model.Schema.of(columns)), values);
  }

  @Test
  void fieldsOfOtherFormsBecomeTheColumnsTheyMean() {
    assertThat(BeamRows.type(Field.of("a", FieldType.logicalType(SqlTypes.UUID))), is(Type.UUID));
    assertThat(BeamRows.type(Field.of("a", FieldType.DATETIME)), is(Type.TIMESTAMPTZ));
    assertThat(BeamRows.type(Field.of("a", FieldType.INT16)), is(Type.INT32));
    UUID uuid = new UUID(1, 2);
    assertThat(BeamRows.toModel(FieldType.logicalType(SqlTypes.UUID), uuid), is(uuid.toString()));
    assertThat(
        BeamRows.toModel(FieldType.DATETIME, new DateTime(1L, DateTimeZone.UTC)),
        is(Instant.ofEpochMilli(1)));
    assertThat(BeamRows.toModel(FieldType.INT16, (short) 3), is(3L));
  }

  @Test
  void aFieldThatNoColumnCanBeIsRefusedByName() {
    Field map = Field.of("tags", FieldType.map(FieldType.STRING, FieldType.STRING));
    IllegalArgumentException failure =
        assertThrows(IllegalArgumentException.class, () -> BeamRows.type(map));
    assertThat(failure.getMessage(), containsString("field 'tags' is a MAP"));
  }
}
