package org.anabranch.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.anabranch.model.Stable;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows that differ between two versions of a table; made by {@link LakeIO#readChanges}:
 *
 * <pre>{@code
 * PCollection<Row> changes =
 *     pipeline.apply(
 *         LakeIO.readChanges()
 *             .from(LakeConfig.at("/lake/shop"))
 *             .withTable("orders")
 *             .afterVersion(41));
 * }</pre>
 *
 * <p>Gives one row per key that differs, with the fields {@link #BEFORE} (null where the row is
 * new) and {@link #AFTER} (null where it is gone); where the key columns have changed, the old row
 * and the new one apart. What is the same in both versions is not there, however often it was
 * written. Only buckets whose files differ are read. Both versions must exist until they are read.
 */
@Stable
public final class LakeReadChanges extends PTransform<PBegin, PCollection<Row>> {

  private static final long serialVersionUID = 1;

  /** Field that holds the row as it was. */
  public static final String BEFORE = "before";

  /** Field that holds the row as it is. */
  public static final String AFTER = "after";

  static final LakeReadChanges DEFAULT = new LakeReadChanges(null, "", 0, null);

  private final transient @Nullable LakeConfig lake;
  private final transient String table;
  private final transient long after;
  private final transient @Nullable Long upTo;

  private LakeReadChanges(
      @Nullable LakeConfig lake, String table, long after, @Nullable Long upTo) {
    this.lake = lake;
    this.table = table;
    this.after = after;
    this.upTo = upTo;
  }

  /** Where the tables are. Required. */
  public LakeReadChanges from(LakeConfig config) {
    return new LakeReadChanges(config, table, after, upTo);
  }

  /** The table. Required. */
  public LakeReadChanges withTable(String name) {
    return new LakeReadChanges(lake, name, after, upTo);
  }

  /** The older version, which is compared with. Default: 0, before the first one. */
  public LakeReadChanges afterVersion(long version) {
    return new LakeReadChanges(lake, table, version, upTo);
  }

  /** The newer version. Default: the newest one when the pipeline is built. */
  public LakeReadChanges upToVersion(long version) {
    return new LakeReadChanges(lake, table, after, version);
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    super.populateDisplayData(builder);
    if (lake != null) {
      builder.add(DisplayData.item("warehouse", lake.root()));
    }

    builder.add(DisplayData.item("table", table));
    builder.add(DisplayData.item("after version", after));
    builder.addIfNotNull(DisplayData.item("up to version", upTo));
  }

  @Override
  public PCollection<Row> expand(PBegin begin) {
    if (lake == null || table.isEmpty()) {
      throw new IllegalArgumentException(
          "reading changes needs a lake and a table:"
              + " from(LakeConfig.at(DIRECTORY)).withTable(NAME)");
    }

    try (Lake opened = Lake.at(lake)) {
      LakeTable newer = upTo == null ? opened.table(table) : opened.table(table, upTo);
      LakeTable older = after == 0 ? null : opened.table(table, after);
      if (older != null && older.version() > newer.version()) {
        throw new IllegalArgumentException(
            "the older version must not be newer than version %d of table '%s', but was: %d"
                .formatted(newer.version(), table, after));
      }

      CompareRows compare = CompareRows.of(TableChanges.between(opened, table, older, newer));
      Schema schema =
          Schema.builder()
              .addNullableField(BEFORE, Schema.FieldType.row(compare.before().schema()))
              .addNullableField(AFTER, Schema.FieldType.row(compare.after().schema()))
              .build();
      return begin
          .apply("Buckets", Create.of(compare.changes().numbers()).withCoder(VarIntCoder.of()))
          .apply("Spread", Reshuffle.viaRandomKey())
          .apply("Compare", ParDo.of(new CompareFn(compare, schema)))
          .setRowSchema(schema);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static final class CompareFn extends DoFn<Integer, Row> {

    private static final long serialVersionUID = 1;

    private final CompareRows compare;
    private final Schema schema;

    CompareFn(CompareRows compare, Schema schema) {
      this.compare = compare;
      this.schema = schema;
    }

    @ProcessElement
    public void process(@Element Integer bucket, OutputReceiver<Row> out) throws IOException {
      compare.read(
          bucket,
          (before, after) -> out.output(Row.withSchema(schema).addValues(before, after).build()));
    }
  }
}
