package org.anabranch.lake;

import static org.anabranch.lake.LakeFixture.row;
import static org.anabranch.lake.LakeFixture.schema;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.anabranch.model.Generated;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.transforms.merge.TableStore.StoredBucket;
import org.anabranch.transforms.parse.DeadLetters;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaPlanTest {

  @TempDir Path directory;
  private LakeFixture lake;

  @BeforeEach
  void makeLake() {
    lake = new LakeFixture(directory);
  }

  @Test
  void aNewTableEndsWithTheBucketAndIsCreatedWithThePlannedIds() throws IOException {
    Schema schema = schema("id", "bigint", "l", "list<list<int>>", "a.b", "string");
    SchemaPlan plan = SchemaPlan.of(null, List.of(), schema);

    lake.commit(schema, List.of());

    assertThat(plan.isEmpty(), is(true));
    assertThat(names(plan.icebergSchema()), contains("id", "l", "a.b", "_ab_bucket"));
    assertThat(lake.table().schema().asStruct(), equalTo(plan.icebergSchema().asStruct()));
  }

  @Test
  void columnsAreAddedBeforeTheBucketInTheOrderOfTheSchema() throws IOException {
    lake.commit(schema("id", "bigint", "z", "string"), List.of());
    Schema wider =
        schema("first", "date", "id", "bigint", "a.b", "list<time>", "z", "string", "q", "bytes");

    SchemaPlan plan = plan(schema("id", "bigint", "z", "string"), wider);

    assertThat(names(plan.icebergSchema()), contains("first", "id", "a.b", "z", "q", "_ab_bucket"));
    assertThat(plan.mustRewrite(), is(false));
  }

  @Test
  void storedDeadLettersGetTheirNewColumnsInPlace() throws IOException {
    Schema now = DeadLetters.schema();
    Schema before =
        Schema.of(now.columns().stream().filter(c -> !c.name().startsWith("raw_")).toList());
    lake.commit(before, List.of());

    SchemaPlan plan = plan(before, before.join(now));

    assertThat(plan.mustRewrite(), is(false));
    List<String> columns = new ArrayList<>(DeadLetters.COLUMNS);
    columns.add("_ab_bucket");
    assertThat(names(plan.icebergSchema()), equalTo(columns));
  }

  @Test
  void integersAndDecimalsWidenInPlace() throws IOException {
    Schema stored = schema("i", "int", "d", "decimal(5,2)", "l", "list<int>");
    lake.commit(stored, List.of());

    SchemaPlan plan = plan(stored, schema("i", "bigint", "d", "decimal(9,2)", "l", "list<bigint>"));

    assertThat(plan.mustRewrite(), is(false));
    assertThat(plan.isEmpty(), is(false));
    assertThat(ids(plan.icebergSchema()), equalTo(ids(lake.table().schema())));
  }

  @Test
  void anyOtherWideningReplacesTheColumnAndNeedsARewrite() throws IOException {
    Schema stored = schema("i", "int", "d", "decimal(5,2)", "s", "string");
    lake.commit(stored, List.of());

    SchemaPlan plan = plan(stored, schema("i", "string", "d", "decimal(6,3)", "s", "string"));

    assertThat(plan.mustRewrite(), is(true));
    assertThat(names(plan.icebergSchema()), contains("i", "d", "s", "_ab_bucket"));
    assertThat(ids(plan.icebergSchema()), contains(5, 6, 3, 4));
  }

  @Test
  void aColumnOfNullsGetsItsTypeWithoutARewrite() throws IOException {
    lake.commit(schema("n", "null", "m", "null"), List.of());

    SchemaPlan plan = plan(schema("n", "null", "m", "null"), schema("n", "int", "m", "string"));

    assertThat(plan.mustRewrite(), is(false));
    assertThat(ids(plan.icebergSchema()), contains(4, 2, 3));
  }

  @Test
  void aTypeThatAnotherEngineWidenedStays() throws IOException {
    Schema stored = schema("i", "int");
    lake.commit(stored, List.of());
    lake.table()
        .updateSchema()
        .updateColumn("i", org.apache.iceberg.types.Types.LongType.get())
        .addColumn("theirs", org.apache.iceberg.types.Types.UUIDType.get())
        .commit();

    assertThat(plan(stored, stored).isEmpty(), is(true));
    lake.add(stored, 0, List.of(row(1L)));
    assertThat(
        LakeFixture.read(lake.open(0).scan(List.of("i"), List.of("i")), 1), contains(row(1L)));
  }

  @Test
  void aSourceMustNotHaveTheColumnOfTheBucket() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> SchemaPlan.of(null, List.of(), schema("_ab_bucket", "int")));
    assertThat(refused.getMessage(), containsString("_ab_bucket"));
  }

  @Test
  void workersAndCommitAgreeOnTheIdsOfAnyChange() {
    Generated.forSeeds(20, this::checkIds);
  }

  private void checkIds(Generated generated) {
    LakeFixture random = new LakeFixture(directory.resolve("seed" + System.nanoTime()));
    Schema stored = Schema.of(List.of(new Column("id", org.anabranch.model.Type.INT64, 0)));
    try {
      for (int run = 0; run < 4; run++) {
        List<Column> seen = new ArrayList<>();
        for (int i = generated.below(4); i > 0; i--) {
          seen.add(
              new Column(
                  generated.pick(List.of("a", "b c", "d.e", "é")),
                  generated.type(),
                  generated.below(5)));
        }

        Schema next = stored.join(Schema.of(seen));
        SchemaPlan worker =
            SchemaPlan.of(random.isStored() ? random.table() : null, stored.columns(), next);
        random.commit(next, List.of());
        assertThat(random.table().schema().asStruct(), equalTo(worker.icebergSchema().asStruct()));
        stored = next;
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void valuesOfAReplacedColumnAreReadUntilTheyAreRewritten() throws IOException {
    Schema stored = schema("id", "bigint", "v", "int");
    lake.add(stored, 0, List.of(row(1L, 7L), row(2L, null)));
    Schema wider = schema("id", "bigint", "v", "string");

    LakeStore store = lake.store();
    StoredBucket bucket = store.open("t", wider, 0);
    assertThat(bucket.mustBeRewritten(), is(true));
    assertThat(store.open("t", stored, 0).mustBeRewritten(), is(false));
    assertThat(store.open("t", wider, 1).mustBeRewritten(), is(false));
    var writer = store.write("t", wider, 0);
    writer.replace();
    for (var row : LakeFixture.read(bucket.sorted(List.of("id"), List.of("id", "v")), 2)) {
      writer.add(LakeFixture.slices(row));
    }

    lake.commit(wider, writer.close());

    assertThat(
        LakeFixture.read(lake.open(0).sorted(List.of("id"), List.of("id", "v")), 2),
        contains(row(1L, "7"), row(2L, null)));
    assertThat(lake.open(0).files(), is(1));
    assertThat(lake.records().get(0).getField("v"), equalTo("7"));
  }

  /** The column is text before and after: only our own types tell that texts change. */
  @Test
  void textThatGetsBooleansAndNumbersIsRewrittenWithoutAChangeOfTheSchema() throws IOException {
    Schema stored = schema("id", "bigint", "v", "string|boolean");
    lake.add(stored, 0, List.of(row(1L, true), row(2L, "false"), row(3L, "x")));
    Schema mixed = stored.join(schema("id", "bigint", "v", "string|number"));

    assertThat(plan(stored, mixed).isEmpty(), is(true));
    assertThat(plan(stored, mixed).mustRewrite(), is(true));
    assertThat(plan(mixed, mixed).mustRewrite(), is(false));
    assertThat(plan(stored, stored).mustRewrite(), is(false));
    LakeStore store = lake.store();
    StoredBucket bucket = store.open("t", mixed, 0);
    var writer = store.write("t", mixed, 0);
    writer.replace();
    for (var row : LakeFixture.read(bucket.sorted(List.of("id"), List.of("id", "v")), 2)) {
      writer.add(LakeFixture.slices(row));
    }

    writer.add(LakeFixture.slices(row(4L, false)));
    writer.add(LakeFixture.slices(row(5L, 2.50)));
    lake.commit(mixed, writer.close());

    assertThat(
        LakeFixture.read(lake.open(0).sorted(List.of("id"), List.of("v")), 1),
        contains(row("1"), row("0"), row("x"), row("0"), row("2.5")));
  }

  @Test
  void storedBooleansAndDoublesBecomeTheNumbersOfTheirNewType() throws IOException {
    Schema stored =
        schema("id", "bigint", "b", "boolean", "d", "double(3,2)", "l", "list<boolean>");
    lake.add(stored, 0, List.of(row(1L, true, 0.07, List.of(false))));
    Schema wider =
        stored.join(
            schema("id", "bigint", "b", "int", "d", "decimal(25,20)", "l", "list<double(2,1)>"));
    assertThat(plan(stored, wider).mustRewrite(), is(true));
    LakeStore store = lake.store();
    StoredBucket bucket = store.open("t", wider, 0);
    var writer = store.write("t", wider, 0);
    writer.replace();
    for (var row :
        LakeFixture.read(bucket.sorted(List.of("id"), List.of("id", "b", "d", "l")), 4)) {
      writer.add(LakeFixture.slices(row));
    }

    writer.add(LakeFixture.slices(row(2L, false, 12345L, List.of(2.5, true))));
    lake.commit(wider, writer.close());

    assertThat(
        LakeFixture.read(lake.open(0).sorted(List.of("id"), List.of("b", "d", "l")), 3),
        contains(
            row(1L, new BigDecimal("0.07000000000000000000"), "[false]"),
            row(0L, new BigDecimal("12345.00000000000000000000"), "[2.5,true]")));
  }

  @Test
  void filesOfBeforeAnIntegerWidenedAreReadWithThoseOfAfter() throws IOException {
    lake.add(schema("id", "int", "v", "int", "n", "null"), 0, List.of(row(1L, 7L, null)));
    Schema wider = schema("id", "bigint", "v", "bigint", "n", "int");
    lake.add(wider, 0, List.of(row(1L << 40, 1L << 41, 5L)));

    assertThat(
        LakeFixture.read(lake.open(0).sorted(List.of("id"), List.of("id", "v", "n")), 3),
        contains(row(1L, 7L, null), row(1L << 40, 1L << 41, 5L)));
    assertThat(lake.open(0).mustBeRewritten(), is(false));
    assertThat(
        lake.records().stream().map(record -> record.getField("v")).sorted().toList(),
        contains((Object) 7L, 1L << 41));
  }

  private SchemaPlan plan(Schema stored, Schema schema) {
    return SchemaPlan.of(lake.table(), stored.columns(), schema);
  }

  private static List<String> names(org.apache.iceberg.Schema schema) {
    return schema.columns().stream().map(NestedField::name).toList();
  }

  private static List<Integer> ids(org.apache.iceberg.Schema schema) {
    return schema.columns().stream().map(NestedField::fieldId).toList();
  }
}
