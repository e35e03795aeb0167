package org.anabranch.lake;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rows that a commit has changed, by comparing the buckets whose files it added or took
 * with the version before. Rows that lie in another bucket than that of their key are compared with
 * their own.
 */
final class ChangedRowsFn extends DoFn<TableCommitted, ChangedRow> {

  private static final long serialVersionUID = 1;

  private final LakeConfig config;
  private final String table;
  private final @Nullable Redelivery redelivery;

  /**
   * @param redelivery of the commits; null: they are given once
   */
  ChangedRowsFn(LakeConfig config, String table, @Nullable Redelivery redelivery) {
    this.config = config;
    this.table = table;
    this.redelivery = redelivery;
  }

  @ProcessElement
  public void process(@Element TableCommitted commit, OutputReceiver<ChangedRow> out)
      throws IOException {
    if (!commit.table().equals(table)) {
      return;
    }

    try (Lake lake = Lake.at(config)) {
      LakeTable newer = lake.table(table, commit.version());
      CompareRows compare =
          CompareRows.of(TableChanges.between(lake, table, newer.before(redelivery), newer));
      RowFields key = key(newer);
      for (int bucket : compare.changes().numbers()) {
        compare.read(
            bucket,
            (before, after) ->
                out.output(
                    new ChangedRow(
                        table, commit.version(), key(key, before, after), before, after)));
      }
    }
  }

  private static RowFields key(LakeTable table) {
    List<Column> columns =
        table.key().stream()
            .map(name -> Objects.requireNonNull(table.schema().column(name)))
            .toList();
    return RowFields.of(Schema.of(columns));
  }

  private static Row key(RowFields key, @Nullable Row before, @Nullable Row after) {
    Row row = Objects.requireNonNull(after == null ? before : after);
    Row.Builder values = Row.withSchema(key.schema());
    key.columns().forEach(column -> values.addValue(row.<@Nullable Object>getValue(column)));
    return values.build();
  }
}
