package org.anabranch.testdata;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.anabranch.testdata.Customer.Columns;
import org.jspecify.annotations.Nullable;

/**
 * The present state of the shop's tables, and who is picked next. Some customers are busy and most
 * are not. Rows changed by an open transaction are locked until {@link #unlockAll()}.
 */
final class Shop {

  private static final int PICK_ATTEMPTS = 8;

  private final Dice dice;
  private final List<Customer> customers = new ArrayList<>();
  private final List<Order> openOrders = new ArrayList<>();
  private final List<Long> freeIds = new ArrayList<>();
  private final List<Long> freedByOpenTransactions = new ArrayList<>();
  private final List<Long> departedIds = new ArrayList<>();
  private final Set<Object> locked = Collections.newSetFromMap(new IdentityHashMap<>());
  private Columns columns = Columns.ORIGINAL;
  private long lastCustomerId;
  private long lastOrderId = 100_000;

  Shop(Dice dice) {
    this.dice = dice;
  }

  /** Returns the dice that decide all that happens in this shop. */
  Dice dice() {
    return dice;
  }

  Columns columns() {
    return columns;
  }

  void addLoyaltyPoints() {
    columns = Columns.WITH_LOYALTY_POINTS;
  }

  List<Customer> customers() {
    return customers;
  }

  List<Order> openOrders() {
    return openOrders;
  }

  long newCustomerId() {
    return ++lastCustomerId;
  }

  long newOrderId() {
    return ++lastOrderId;
  }

  /** Takes an id that another customer had before, or a new one when there is none. */
  long oldCustomerId() {
    return freeIds.isEmpty() ? newCustomerId() : removeAny(freeIds);
  }

  /** Frees an id for other customers, once the open transactions are committed. */
  void free(long customerId) {
    freedByOpenTransactions.add(customerId);
    departedIds.add(customerId);
  }

  /** Returns the id of a customer who left, or null when nobody has. */
  @Nullable Long departedId() {
    return departedIds.isEmpty() ? null : dice.pick(departedIds);
  }

  /** Adds a customer at a random place, so that the busy ones are not the oldest ones. */
  void add(Customer customer) {
    customers.add(customer);
    int place = dice.below(customers.size());
    put(customers.get(place), customers.size() - 1);
    put(customer, place);
  }

  void remove(Customer customer) {
    Customer last = customers.remove(customers.size() - 1);
    if (last != customer) {
      put(last, customer.place);
    }

    customer.place = Customer.GONE;
  }

  /** Returns any unlocked customer and locks it, or null when none was found in a few attempts. */
  @Nullable Customer lockCustomer() {
    for (int i = 0; i < PICK_ATTEMPTS && !customers.isEmpty(); i++) {
      Customer customer = dice.pick(customers);
      if (locked.add(customer)) {
        return customer;
      }
    }

    return null;
  }

  boolean lock(Object row) {
    return locked.add(row);
  }

  void unlockAll() {
    locked.clear();
    freeIds.addAll(freedByOpenTransactions);
    freedByOpenTransactions.clear();
  }

  /** Returns a customer, a busy one more often; there must be one. */
  Customer visitor() {
    double unit = dice.unit();
    return customers.get((int) (customers.size() * unit * unit));
  }

  /** Returns any order of any customer that no transaction holds, locked, or null. */
  @Nullable Order lockOrderOf(Customer customer) {
    if (customer.orders.isEmpty()) {
      return null;
    }

    Order order = dice.pick(customer.orders);
    return lock(order) ? order : null;
  }

  /** Takes an open order out of the list and locks it, or returns null when none was free. */
  @Nullable Order takeOpenOrder() {
    while (!openOrders.isEmpty()) {
      Order order = removeAny(openOrders);
      if (!order.status.isOpen()) {
        continue;
      }

      if (lock(order)) {
        return order;
      }

      openOrders.add(order);
      return null;
    }

    return null;
  }

  private void put(Customer customer, int place) {
    customers.set(place, customer);
    customer.place = place;
  }

  private <T> T removeAny(List<T> list) {
    int index = dice.below(list.size());
    T last = list.remove(list.size() - 1);
    return index == list.size() ? last : list.set(index, last);
  }
}
