package org.anabranch.testdata;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.anabranch.testdata.Order.Status;
import org.anabranch.testdata.Transaction.Change;

/** The tables as they are when capture begins, and the snapshot the connector takes of them. */
final class OpeningDay {

  private static final long DAY_MICROS = Duration.ofDays(1).toSeconds() * 1_000_000;
  private static final int BELOW_AN_HOUR_MICROS = 2_000_000_000;
  private static final int MOST_EARLY_ACTIONS = 200;
  private static final int MOST_CHANGES_PER_ACTION = 4;

  private final Dice dice;
  private final Shop shop;
  private final CustomerDesk customers;
  private final OrderDesk orders;
  private final WriteAheadLog database;

  OpeningDay(
      Dice dice, Shop shop, CustomerDesk customers, OrderDesk orders, WriteAheadLog database) {
    this.dice = dice;
    this.shop = shop;
    this.customers = customers;
    this.orders = orders;
    this.database = database;
  }

  /**
   * Fills the tables and emits them as a snapshot. One transaction has logged its changes before
   * the snapshot, but commits after it: its changes win although their log sequence numbers are
   * smaller.
   */
  void open(int firstCustomers, long nowMicros) {
    fillTables(firstCustomers, nowMicros);
    int earlyActions = Math.min(MOST_EARLY_ACTIONS, 4 + firstCustomers / 50);
    Transaction early = database.begin();
    Deque<Long> earlyLsns = new ArrayDeque<>();
    for (int i = 0; i < earlyActions * MOST_CHANGES_PER_ACTION; i++) {
      earlyLsns.add(database.nextLsn());
    }

    emitSnapshot(database.nextLsn(), nowMicros);
    for (int i = 0; i < earlyActions; i++) {
      act(early, i, nowMicros);
      while (!early.isLogged()) {
        early.logNext(earlyLsns.remove());
      }
    }

    database.emitMessage("c25hcHNob3QgZG9uZQ==", nowMicros + 1_000);
    database.commit(List.of(early), nowMicros + 2_000);
    shop.unlockAll();
  }

  private void act(Transaction early, int action, long nowMicros) {
    switch (action % 5) {
      case 0 -> customers.delete(early);
      case 1 -> orders.delete(early, nowMicros);
      case 2 -> orders.moveOn(early, nowMicros);
      default -> customers.update(early, nowMicros);
    }
  }

  private void fillTables(int firstCustomers, long nowMicros) {
    for (int i = 0; i < firstCustomers; i++) {
      shop.add(Customer.registered(shop.newCustomerId(), daysBefore(nowMicros, 900), dice));
    }

    for (int i = 0; i < firstCustomers * 3 / 4; i++) {
      long ordered = daysBefore(nowMicros, 60);
      Order order = orders.newOrder(shop.visitor(), ordered);
      order.status = dice.chance(0.5) ? Status.DELIVERED : dice.pick(List.of(Status.values()));
      order.updatedMicros = Math.min(ordered + dice.below(4) * DAY_MICROS, nowMicros - 1);
      if (order.status.isOpen()) {
        shop.openOrders().add(order);
      }
    }
  }

  private long daysBefore(long micros, int mostDays) {
    return micros - dice.between(1, mostDays) * DAY_MICROS - dice.below(BELOW_AN_HOUR_MICROS);
  }

  private void emitSnapshot(long lsn, long nowMicros) {
    long transactionId = database.begin().id;
    int rows = shop.customers().size();
    for (int i = 0; i < rows; i++) {
      Customer customer = shop.customers().get(i);
      Change row = row(Customer.TABLE, customer.key(), customer.fullImage(shop.columns()));
      String marker = i == 0 ? "first" : i == rows - 1 ? "last_in_data_collection" : "true";
      database.emitSnapshotRow(row, marker, lsn, transactionId, nowMicros);
    }

    String marker = "first_in_data_collection";
    for (Customer customer : shop.customers()) {
      for (Order order : customer.orders) {
        Change row = row(Order.TABLE, order.key(), order.image());
        database.emitSnapshotRow(row, marker, lsn, transactionId, nowMicros);
        marker = "true";
      }
    }
  }

  private static Change row(String table, String key, String image) {
    return new Change(table, 'r', key, null, image, null);
  }
}
