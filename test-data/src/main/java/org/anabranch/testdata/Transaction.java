package org.anabranch.testdata;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One database transaction: its row changes in the order they were made. */
final class Transaction {

  final long id;
  private final List<Change> changes = new ArrayList<>(2);
  private final List<Long> positions = new ArrayList<>(2);

  Transaction(long id) {
    this.id = id;
  }

  void insert(String table, String key, String after) {
    changes.add(new Change(table, 'c', key, null, after, null));
  }

  void update(String table, String key, @Nullable String before, String after) {
    changes.add(new Change(table, 'u', key, before, after, null));
  }

  void delete(String table, String key, String before) {
    changes.add(new Change(table, 'd', key, before, null, null));
  }

  /** Adds a change of a primary key, which Debezium splits in two at one place in the log. */
  void changeKey(String table, String oldKey, String newKey, String before, String after) {
    String toNew = new JsonObject().text("__debezium.newkey", newKey).toString();
    String toOld = new JsonObject().text("__debezium.oldkey", oldKey).toString();
    changes.add(new Change(table, 'd', oldKey, before, null, toNew));
    changes.add(new Change(table, 'c', newKey, null, after, toOld));
  }

  boolean isEmpty() {
    return changes.isEmpty();
  }

  List<Change> changes() {
    return changes;
  }

  /** Returns the log sequence number of a change that was logged. */
  long lsn(int change) {
    return positions.get(change);
  }

  boolean isLogged() {
    return positions.size() == changes.size();
  }

  /** Writes the next change to the log at {@code lsn}; both halves of a key change share it. */
  void logNext(long lsn) {
    boolean splits = changes.get(positions.size()).leavesKey();
    positions.add(lsn);
    if (splits) {
      positions.add(lsn);
    }
  }

  /** One change of one row. Images, key and headers are JSON text. */
  record Change(
      String table,
      char op,
      String key,
      @Nullable String before,
      @Nullable String after,
      @Nullable String headers) {

    boolean leavesKey() {
      return op == 'd' && headers != null;
    }
  }
}
