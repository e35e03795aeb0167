package org.anabranch.transforms.parse;

import java.util.List;
import org.anabranch.transforms.parse.Routes.Added;
import org.anabranch.transforms.parse.Routes.Target;
import org.anabranch.transforms.report.TableReport;
import org.jspecify.annotations.Nullable;

/**
 * What routes and routers change of a record that was read: its table's name, columns that are
 * added to its row and its key, and fields that are left out of its key. Holds for one record after
 * the other.
 */
final class Routing {

  private final Routes routes;
  private final RecordReader record;
  private final ChangeOutput out;
  private @Nullable Target target;

  Routing(Routes routes, RecordReader record, ChangeOutput out) {
    this.routes = routes;
    this.record = record;
    this.out = out;
  }

  /** Takes the route of the record's topic, for records that name no table. */
  void takeTopic() {
    target = routes.isEmpty() || record.topic().isEmpty() ? null : routes.ofTopic(record.topic());
  }

  /** Takes the route of the table that the source names, and gives the table's name. */
  String takeSource() {
    SourceBlock source = record.event().source();
    if (routes.isEmpty()) {
      return source.table();
    }

    Target routed = routes.of(record.topic(), source);
    target = routed;
    return routed.table();
  }

  /** Whether a route says what the table is called. */
  boolean isRouted() {
    return target != null && target.isRouted();
  }

  /** Whether the table is one of several that are told apart by a column. */
  boolean isShard() {
    return target != null && !target.columns().isEmpty();
  }

  /** A column that the route makes a part of the key, and the table's key lacks; null if none. */
  @Nullable String missingKeyColumn(TableTypes table) {
    Target routed = target;
    if (routed == null || routed.columns().isEmpty()) {
      return null;
    }

    List<String> key = table.key().isEmpty() ? table.storedKey() : table.key();
    if (key.isEmpty()) {
      return null;
    }

    for (Added column : routed.columns()) {
      if (column.isKey() && !key.contains(column.name())) {
        return column.name();
      }
    }

    return null;
  }

  /**
   * Adds the columns of the route to the rows, and to the keys those that are a part of the key.
   */
  void addColumns() {
    Target routed = target;
    if (routed == null || routed.columns().isEmpty()) {
      return;
    }

    RawRow row = record.event().after();
    RawRow before = record.event().before();
    if (row.kind() != RawRow.Kind.OBJECT) {
      row.begin();
    }

    for (Added column : routed.columns()) {
      row.add(column.name(), column.value());
      add(before, column);
      if (column.isKey()) {
        add(record.key(), column);
        add(record.oldKey(), column);
      }
    }
  }

  private static void add(RawRow row, Added column) {
    if (row.kind() == RawRow.Kind.OBJECT && !row.shape().columns().isEmpty()) {
      row.add(column.name(), column.value());
    }
  }

  /** Whether only a row can tell which fields of the key are columns. */
  boolean needsRow(TableTypes table) {
    Shape key = record.key().shape();
    return mayHaveShards(table, key) && !table.storedKey().containsAll(key.columns());
  }

  private static boolean mayHaveShards(TableTypes table, Shape key) {
    return key.columns().size() > 1 && table.key().isEmpty();
  }

  /**
   * Leaves out of a key the fields that the row does not have, and tells their values. A route that
   * adds columns has told the shards apart already.
   *
   * @param row as in {@link ShardFields#split}
   */
  void splitKey(TableTypes table, RawRow key, Shape row) {
    if (!mayHaveShards(table, key.shape())) {
      return;
    }

    ShardFields fields = table.shardFields();
    ShardFields.Split split = fields.split(key.shape(), row);
    if (split.shards().isEmpty()) {
      return;
    }

    if (!isShard()) {
      for (String fact : fields.facts(key, split.shards())) {
        out.fact(table.name(), TableReport.SHARD, fact);
      }
    }

    key.narrow(split.columns());
  }
}
