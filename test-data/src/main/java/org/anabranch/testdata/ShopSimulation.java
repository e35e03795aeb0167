package org.anabranch.testdata;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Ninety days of the shop: first a snapshot of the tables as they are, then the transactions and
 * visits of each moment. About a third of the transactions run beside one or two others.
 */
final class ShopSimulation {

  static final Instant END = Instant.parse("2026-07-01T00:00:00Z");
  static final Duration LENGTH = Duration.ofDays(90);

  private static final long END_MICROS = END.getEpochSecond() * 1_000_000;
  private static final long LENGTH_MICROS = LENGTH.toSeconds() * 1_000_000;
  private static final long START_MICROS = END_MICROS - LENGTH_MICROS;
  private static final long DAY_MICROS = Duration.ofDays(1).toSeconds() * 1_000_000;
  private static final double SHARE_OF_FIRST_CUSTOMERS = 0.8;
  private static final int CUSTOMERS_PER_LOYALTY_STEP = 40;

  /** How often each thing happens in the ninety days, per customer. */
  private enum Action {
    VISIT(5.5),
    PLACE_ORDER(1.6),
    MOVE_ORDERS(1.9),
    REGISTER(0.2),
    UPDATE_CUSTOMER(0.6),
    UPDATE_CUSTOMER_REPEATEDLY(0.015),
    DELETE_CUSTOMER(0.035),
    REPLACE_CUSTOMER(0.012),
    CHANGE_KEY(0.014),
    HAND_ORDER(0.015),
    DELETE_ORDER(0.02),
    SEND_MESSAGE(0.03),
    LOYALTY_STEP(0.5);

    final double perCustomer;

    Action(double perCustomer) {
      this.perCustomer = perCustomer;
    }

    static double allPerCustomer() {
      double sum = 0;
      for (Action action : values()) {
        sum += action.perCustomer;
      }

      return sum;
    }
  }

  private final Dice dice;
  private final int firstCustomers;
  private final double stepMicros;
  private final Shop shop;
  private final CustomerDesk customers;
  private final OrderDesk orders;
  private final Visits visits;
  private final TopicLog topics;
  private final WriteAheadLog database;
  private final DataFiles files;
  private final List<Transaction> concurrent = new ArrayList<>();
  private final List<Customer> withOrdersToFollow = new ArrayList<>();
  private int concurrency = 1;
  private boolean loyaltyStarted;
  private boolean loyaltyComplete;

  ShopSimulation(
      Shop shop, ShopGenerator.Options options, TopicLog topics, DataFiles files, Tally tally) {
    this.dice = shop.dice();
    this.firstCustomers = Math.max(1, (int) (options.customers() * SHARE_OF_FIRST_CUSTOMERS));
    this.stepMicros =
        LENGTH_MICROS / (Action.allPerCustomer() * options.customers() * options.scale());
    this.shop = shop;
    this.customers = new CustomerDesk(dice, shop, tally);
    this.orders = new OrderDesk(dice, shop, customers, tally);
    this.visits = new Visits(dice, shop, tally);
    this.topics = topics;
    this.database = new WriteAheadLog(dice, topics);
    this.files = files;
  }

  void run() throws IOException {
    new OpeningDay(dice, shop, customers, orders, database).open(firstCustomers, START_MICROS);
    double now = START_MICROS;
    while (true) {
      now += stepMicros * (0.2 + 1.6 * dice.unit()) * (isNight((long) now) ? 2.2 : 0.8);
      if (now >= END_MICROS) {
        break;
      }

      files.moveTo((now - START_MICROS) / LENGTH_MICROS);
      step((long) now);
    }

    commit(END_MICROS - 1);
    topics.close();
  }

  private void step(long now) {
    if (!loyaltyStarted && now - START_MICROS > LENGTH_MICROS / 2) {
      commit(now);
      shop.addLoyaltyPoints();
      loyaltyStarted = true;
    }

    Action action = nextAction();
    switch (action) {
      case VISIT -> topics.append(visits.next(now));
      case SEND_MESSAGE -> database.emitMessage("aGVsbG8=", now);
      case UPDATE_CUSTOMER_REPEATEDLY -> updateRepeatedly(now);
      case CHANGE_KEY -> changeKey(now);
      default -> {
        Transaction transaction = database.begin();
        change(action, transaction, now);
        join(transaction, now);
      }
    }
  }

  private void change(Action action, Transaction transaction, long now) {
    switch (action) {
      case PLACE_ORDER -> orders.place(transaction, now);
      case MOVE_ORDERS -> orders.moveOn(transaction, now);
      case REGISTER -> customers.register(transaction, now);
      case UPDATE_CUSTOMER -> customers.update(transaction, now);
      case DELETE_CUSTOMER -> customers.delete(transaction);
      case REPLACE_CUSTOMER -> customers.replace(transaction, now);
      case HAND_ORDER -> orders.hand(transaction, now);
      case DELETE_ORDER -> orders.delete(transaction, now);
      case LOYALTY_STEP -> stepLoyalty(transaction, now);
      default -> throw new IllegalStateException("action must change rows, but was: " + action);
    }
  }

  private Action nextAction() {
    double left = dice.unit() * Action.allPerCustomer();
    for (Action action : Action.values()) {
      left -= action.perCustomer;
      if (left < 0) {
        return action;
      }
    }

    return Action.VISIT;
  }

  /** Adds a transaction to those that run now and commits them when they are enough. */
  private void join(Transaction transaction, long now) {
    if (!transaction.isEmpty()) {
      concurrent.add(transaction);
    }

    if (concurrent.size() >= concurrency) {
      commit(now);
      concurrency = dice.chance(0.65) ? 1 : dice.between(2, 3);
    }
  }

  private void commit(long now) {
    commit(concurrent, now);
    concurrent.clear();
    if (withOrdersToFollow.isEmpty()) {
      return;
    }

    Transaction following = database.begin();
    for (Customer customer : withOrdersToFollow) {
      orders.follow(following, customer, now);
    }

    withOrdersToFollow.clear();
    commit(List.of(following), now);
  }

  private void commit(List<Transaction> transactions, long now) {
    database.commit(transactions, now);
    shop.unlockAll();
  }

  /** Updates one customer in several transactions within seconds; the clock runs backwards. */
  private void updateRepeatedly(long now) {
    commit(now);
    Customer customer = shop.lockCustomer();
    if (customer == null) {
      return;
    }

    for (int i = 0; i < 3; i++) {
      Transaction transaction = database.begin();
      customers.update(transaction, customer, now + i);
      commit(List.of(transaction), now - i * 1_500_000L);
    }
  }

  private void changeKey(long now) {
    commit(now);
    Transaction transaction = database.begin();
    Customer customer = customers.changeKey(transaction, now);
    if (customer == null) {
      return;
    }

    if (dice.chance(0.7)) {
      orders.follow(transaction, customer, now);
    } else {
      withOrdersToFollow.add(customer);
    }

    join(transaction, now);
  }

  private void stepLoyalty(Transaction transaction, long now) {
    if (loyaltyStarted && !loyaltyComplete) {
      loyaltyComplete = !customers.startLoyalty(transaction, CUSTOMERS_PER_LOYALTY_STEP, now);
    }
  }

  private static boolean isNight(long micros) {
    return Math.floorMod(micros, DAY_MICROS) < DAY_MICROS / 4;
  }
}
