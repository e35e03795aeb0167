package org.anabranch.model;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import java.util.ArrayList;
import java.util.List;
import org.anabranch.model.Schema.Column;
import org.junit.jupiter.api.Test;

/** {@link Schema#join} is a join. */
class SchemaLawsTest {

  @Test
  void joinIsCommutativeAssociativeAndIdempotent() {
    Generated.forSeeds(
        5000,
        generated -> {
          Schema first = schema(generated);
          Schema second = schema(generated);
          Schema third = schema(generated);
          Schema joined = first.join(second);
          assertThat(second.join(first), is(joined));
          assertThat(joined.join(third), is(first.join(second.join(third))));
          assertThat(joined.join(second), is(joined));
          assertThat(joined.join(joined), is(joined));
          assertThat(joined.hashCode(), is(second.join(first).hashCode()));
        });
  }

  @Test
  void emptySchemaChangesNothing() {
    Generated.forSeeds(
        500,
        generated -> {
          Schema schema = schema(generated);
          assertThat(schema.join(Schema.EMPTY), is(schema));
          assertThat(Schema.EMPTY.join(schema), is(schema));
        });
  }

  @Test
  void columnsUniteAndTheirTypesWiden() {
    Schema older = Schema.of(List.of(new Column("id", Type.INT32, 0), text("name", 1)));
    Schema newer = Schema.of(List.of(new Column("id", Type.INT64, 0), text("city", 1)));
    assertThat(
        older.join(newer).columns(),
        contains(new Column("id", Type.INT64, 0), text("city", 1), text("name", 1)));
  }

  @Test
  void columnStandsAtTheSmallestPlaceItWasSeenAt() {
    Schema older = Schema.of(List.of(text("a", 0), text("b", 2)));
    Schema newer = Schema.of(List.of(text("a", 3), text("b", 1)));
    assertThat(newer.join(older).columns(), contains(text("a", 0), text("b", 1)));
  }

  @Test
  void nameThatOccursTwiceIsJoinedWithItself() {
    Schema schema = Schema.of(List.of(new Column("id", Type.DATE, 4), text("id", 2)));
    assertThat(schema.columns(), contains(text("id", 2)));
  }

  @Test
  void unknownColumnIsNull() {
    assertThat(Schema.EMPTY.column("id"), is(nullValue()));
  }

  private static Column text(String name, int ordinal) {
    return new Column(name, Type.STRING, ordinal);
  }

  private static Schema schema(Generated generated) {
    List<Column> columns = new ArrayList<>();
    for (int i = generated.below(5); i > 0; i--) {
      String name = generated.pick(List.of("a", "b", "c", "d"));
      columns.add(new Column(name, generated.type(), generated.below(6)));
    }

    return Schema.of(columns);
  }
}
