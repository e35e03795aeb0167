package org.anabranch.testdata;

import java.io.IOException;
import org.anabranch.testdata.Envelopes.Source;
import org.anabranch.testdata.ReferenceJobGenerator.Generated;
import org.anabranch.testdata.ReferenceJobGenerator.Options;
import org.jspecify.annotations.Nullable;

/** The two tables of the reference job and the log of their changes, one transaction at a time. */
final class ReferenceJob {

  private static final String CUSTOMERS = "customers";
  private static final String ORDERS = "orders";
  private static final double CHANGES_OF_ORDERS = 0.4;

  private static final long START_MICROS = 1_777_600_000_000_000L;
  private static final int YEAR_SECONDS = 365 * 24 * 60 * 60;
  private static final int MICROS_BETWEEN_CHANGES = 500;
  private static final int LARGEST_TRANSACTION = 4;
  private static final long SNAPSHOT_LSN = 30_000_000_000L;

  private final Options options;
  private final PartFiles snapshot;
  private final PartFiles changes;
  private final Dice dice;
  private final ReferenceTable customers;
  private final ReferenceTable orders;

  private long nowMicros = START_MICROS;
  private long lsn = SNAPSHOT_LSN;
  private long lastCommit = SNAPSHOT_LSN;
  private long transaction = 740;
  private int leftInTransaction;

  private long updates;
  private long inserts;
  private long deletes;
  private long reinserts;

  ReferenceJob(Options options, PartFiles snapshot, PartFiles changes) {
    this.options = options;
    this.snapshot = snapshot;
    this.changes = changes;
    this.dice = new Dice(options.seed());
    ReferenceRows rows = new ReferenceRows(dice.split(), options.customers());
    this.customers = new ReferenceTable(dice.split(), rows::customer);
    this.orders = new ReferenceTable(dice.split(), rows::order);
  }

  /** Writes everything; to be called once. */
  Generated run() throws IOException {
    for (int i = 0; i < options.customers(); i++) {
      readRow(part(i, options.customers()));
    }

    for (int i = 0; i < options.changes(); i++) {
      beginChange();
      change(part(i, options.changes()));
    }

    return new Generated(
        snapshot.lines(),
        changes.lines() - deletes,
        updates,
        inserts,
        deletes,
        reinserts,
        snapshot.bytes(),
        changes.bytes());
  }

  private int part(int index, int count) {
    return (int) ((long) index * options.files() / count);
  }

  private void readRow(int part) throws IOException {
    int id = customers.insert(START_MICROS - 1_000_000L * dice.between(1, YEAR_SECONDS));
    Source source = new Source(CUSTOMERS, "true", null, SNAPSHOT_LSN, transaction, START_MICROS);
    snapshot.write(part, line(source, 'r', id, null, customers.image(id)));
  }

  private void beginChange() {
    nowMicros += MICROS_BETWEEN_CHANGES;
    lsn += 8L * dice.between(7, 50);
    if (leftInTransaction > 0) {
      leftInTransaction--;
      return;
    }

    // Here the transaction before commits; changes go behind it.
    lastCommit = lsn;
    lsn += 48;
    transaction++;
    leftInTransaction = dice.below(LARGEST_TRANSACTION);
  }

  private void change(int part) throws IOException {
    boolean ofOrders = dice.chance(CHANGES_OF_ORDERS);
    ReferenceTable table = ofOrders ? orders : customers;
    String name = ofOrders ? ORDERS : CUSTOMERS;
    Source source = new Source(name, "false", lastCommit, lsn, transaction, nowMicros);
    double kind = table.isEmpty() ? 1 : dice.unit();
    if (kind < 0.7) {
      update(part, table, source);
      return;
    }

    if (kind < 0.78) {
      delete(part, table, source);
      return;
    }

    insert(part, table, source, kind < 0.8);
  }

  private void update(int part, ReferenceTable table, Source source) throws IOException {
    updates++;
    int id = table.pick();
    String before = table.image(id);
    table.update(id, nowMicros);
    changes.write(part, line(source, 'u', id, before, table.image(id)));
  }

  private void delete(int part, ReferenceTable table, Source source) throws IOException {
    deletes++;
    int id = table.delete();
    changes.write(part, line(source, 'd', id, table.image(id), null));
    changes.write(part, line(id, null));
  }

  private void insert(int part, ReferenceTable table, Source source, boolean again)
      throws IOException {
    boolean underOldKey = again && table.hasDead();
    int id = underOldKey ? table.insertAgain(nowMicros) : table.insert(nowMicros);
    if (underOldKey) {
      reinserts++;
    } else {
      inserts++;
    }

    changes.write(part, line(source, 'c', id, null, table.image(id)));
  }

  private static String line(
      Source source, char op, int id, @Nullable String before, @Nullable String after) {
    return line(id, Envelopes.change(source, op, before, after));
  }

  private static String line(int id, @Nullable String value) {
    String key = new JsonObject().number("id", id).toString();
    return new JsonObject().raw("key", key).raw("value", value).toString();
  }
}
