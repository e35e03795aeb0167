package org.anabranch.testdata;

import java.util.List;
import org.anabranch.testdata.Customer.Columns;
import org.anabranch.testdata.Order.Status;

/** What happens to orders. Each method adds its row changes to an open transaction. */
final class OrderDesk {

  private final Dice dice;
  private final Shop shop;
  private final CustomerDesk customers;
  private final Tally tally;

  OrderDesk(Dice dice, Shop shop, CustomerDesk customers, Tally tally) {
    this.dice = dice;
    this.shop = shop;
    this.customers = customers;
    this.tally = tally;
  }

  /** Places an order; some earn loyalty points in the same transaction. */
  void place(Transaction transaction, long nowMicros) {
    Customer customer = shop.visitor();
    Order order = newOrder(customer, nowMicros);
    shop.lock(order);
    shop.openOrders().add(order);
    transaction.insert(Order.TABLE, order.key(), order.image());
    boolean earns = shop.columns() == Columns.WITH_LOYALTY_POINTS && dice.chance(0.15);
    if (earns && shop.lock(customer)) {
      customers.addPoints(transaction, customer, order.amountCents / 1000, nowMicros);
    }
  }

  Order newOrder(Customer customer, long nowMicros) {
    Order order = new Order(shop.newOrderId(), customer.id, amountCents(), nowMicros);
    customer.orders.add(order);
    return order;
  }

  /** Moves up to four open orders on. */
  void moveOn(Transaction transaction, long nowMicros) {
    int orders = dice.between(1, 4);
    for (int i = 0; i < orders; i++) {
      Order order = shop.takeOpenOrder();
      if (order == null) {
        return;
      }

      moveOn(transaction, order, nowMicros);
      if (order.status.isOpen()) {
        shop.openOrders().add(order);
      }
    }
  }

  /** Gives an order of one customer to another one. */
  void hand(Transaction transaction, long nowMicros) {
    Customer from = shop.visitor();
    Order order = shop.lockOrderOf(from);
    Customer to = shop.visitor();
    if (order == null || to.equals(from)) {
      return;
    }

    tally.happened("orders handed to another customer");
    from.orders.remove(order);
    to.orders.add(order);
    assign(transaction, order, to.id, nowMicros);
  }

  /** Deletes an order; some come back with another amount in the same transaction. */
  void delete(Transaction transaction, long nowMicros) {
    Customer customer = shop.visitor();
    Order order = shop.lockOrderOf(customer);
    if (order == null) {
      return;
    }

    tally.happened("orders deleted");
    transaction.delete(Order.TABLE, order.key(), order.image());
    if (dice.chance(0.2)) {
      order.amountCents = amountCents();
      order.updatedMicros = nowMicros;
      transaction.insert(Order.TABLE, order.key(), order.image());
      return;
    }

    customer.orders.remove(order);
    order.status = Status.CANCELLED;
  }

  /** Lets the orders of a customer follow to the customer's present key. */
  void follow(Transaction transaction, Customer customer, long nowMicros) {
    for (Order order : List.copyOf(customer.orders)) {
      if (order.customerId != customer.id && shop.lock(order)) {
        assign(transaction, order, customer.id, nowMicros);
      }
    }
  }

  private void moveOn(Transaction transaction, Order order, long nowMicros) {
    String before = order.image();
    boolean basketChanges = order.status == Status.NEW && dice.chance(0.03);
    if (basketChanges) {
      order.amountCents = amountCents();
    } else {
      order.status = order.status.next(dice);
    }

    order.updatedMicros = nowMicros;
    transaction.update(Order.TABLE, order.key(), before, order.image());
  }

  private static void assign(
      Transaction transaction, Order order, long customerId, long nowMicros) {
    String before = order.image();
    order.customerId = customerId;
    order.updatedMicros = nowMicros;
    transaction.update(Order.TABLE, order.key(), before, order.image());
  }

  private long amountCents() {
    if (dice.chance(0.01)) {
      return 0;
    }

    double unit = dice.unit();
    return 300 + (long) (unit * unit * unit * 60_000);
  }
}
