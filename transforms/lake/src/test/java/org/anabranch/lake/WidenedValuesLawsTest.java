package org.anabranch.lake;

import static org.anabranch.lake.LakeFixture.row;
import static org.anabranch.lake.LakeFixture.slices;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Generated;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.TableStore.BucketWriter;
import org.anabranch.transforms.merge.TableStore.StoredBucket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A value is stored the same whatever types its column had since it came: values that come one
 * after the other end as those that come at once.
 */
class WidenedValuesLawsTest {

  private static final List<Object> SCALARS =
      List.of(
          true,
          false,
          0L,
          1L,
          -7L,
          3_000_000_000L,
          (1L << 53) + 1,
          Long.MIN_VALUE,
          0.5,
          -0.0,
          1.0,
          12.25,
          0.07,
          1e22,
          1.5e300,
          new BigDecimal("1.50"),
          new BigDecimal("100.00"),
          new BigDecimal("12345678901234567890.123456789"),
          new BigDecimal("1E+40"),
          "true",
          "false",
          "1",
          "x",
          "",
          LocalDate.EPOCH);

  private static final List<Object> NUMBERS = SCALARS.subList(0, 16);

  @TempDir Path directory;

  private LakeFixture lake(String name) {
    return new LakeFixture(directory.resolve(name));
  }

  @Test
  void valuesOfOneColumnEndTheSameHoweverTheyAreCut() {
    Generated.forSeeds(30, generated -> check(generated, values(generated, SCALARS)));
  }

  @Test
  void elementsOfListsEndTheSameHoweverTheyAreCut() {
    Generated.forSeeds(
        10,
        generated ->
            check(
                generated,
                values(generated, NUMBERS).stream().<Object>map(value -> List.of(value)).toList()));
  }

  private static List<Object> values(Generated generated, List<Object> choices) {
    List<Object> values = new ArrayList<>();
    for (int i = 2 + generated.below(3); i > 0; i--) {
      values.add(generated.pick(choices));
    }

    return values;
  }

  private void check(Generated generated, List<Object> values) {
    try {
      LakeFixture cut = lake("cut" + System.nanoTime());
      Type type = Type.NULL;
      for (int from = 0; from < values.size(); ) {
        int to = from + 1 + generated.below(values.size() - from);
        type = type.join(typeOf(values.subList(from, to)));
        add(cut, type, values, from, to);
        from = to;
      }

      LakeFixture atOnce = lake("once" + System.nanoTime());
      add(atOnce, typeOf(values), values, 0, values.size());
      assertThat(type, equalTo(typeOf(values)));
      assertThat(values + " as " + type, rows(cut), equalTo(rows(atOnce)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Type typeOf(List<Object> values) {
    return values.stream()
        .map(value -> Values.typeOf(new ByteReader(Values.encode(value))))
        .reduce(Type.NULL, Type::join);
  }

  /** Adds values as a run does: rows that are stored are rewritten where they have to be. */
  private static void add(LakeFixture lake, Type type, List<Object> values, int from, int to)
      throws IOException {
    Schema schema = Schema.of(List.of(new Column("id", Type.INT64, 0), new Column("v", type, 1)));
    LakeStore store = lake.store();
    StoredBucket bucket = store.open(LakeFixture.TABLE, schema, 0);
    BucketWriter writer = store.write(LakeFixture.TABLE, schema, 0);
    if (bucket.mustBeRewritten()) {
      writer.replace();
      for (List<@Nullable Object> row :
          LakeFixture.read(bucket.sorted(List.of("id"), List.of("id", "v")), 2)) {
        writer.add(slices(row));
      }
    }

    for (int i = from; i < to; i++) {
      writer.add(slices(row((long) i, values.get(i))));
    }

    lake.commit(schema, writer.close());
  }

  private static List<List<@Nullable Object>> rows(LakeFixture lake) throws IOException {
    return LakeFixture.read(lake.open(0).sorted(List.of("id"), List.of("v")), 1);
  }
}
