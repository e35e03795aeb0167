package org.anabranch.testdata;

import java.util.ArrayList;
import java.util.List;
import org.anabranch.testdata.Customer.Columns;
import org.jspecify.annotations.Nullable;

/** What happens to customers. Each method adds its row changes to an open transaction. */
final class CustomerDesk {

  private static final int REMEMBERED_KEY_CHANGES = 50;
  private static final double REUSED_IDS = 0.25;
  private static final double SKIPPED_BY_LOYALTY = 0.03;

  private final Dice dice;
  private final Shop shop;
  private final Tally tally;
  private final List<Customer> withNewKey = new ArrayList<>();
  private int loyaltyCursor;

  CustomerDesk(Dice dice, Shop shop, Tally tally) {
    this.dice = dice;
    this.shop = shop;
    this.tally = tally;
  }

  void register(Transaction transaction, long nowMicros) {
    boolean reuses = dice.chance(REUSED_IDS);
    long id = reuses ? shop.oldCustomerId() : shop.newCustomerId();
    Customer customer = Customer.registered(id, nowMicros, dice);
    shop.add(customer);
    shop.lock(customer);
    giveFirstPoints(customer);
    insert(transaction, customer);
  }

  void update(Transaction transaction, long nowMicros) {
    Customer customer = shop.lockCustomer();
    if (customer != null) {
      update(transaction, customer, nowMicros);
    }
  }

  /** Changes one column, sometimes none: the database logs that as well. */
  void update(Transaction transaction, Customer customer, long nowMicros) {
    int kind = dice.below(100);
    if (kind >= 96) {
      tally.happened("updates without effect");
      update(transaction, customer);
      return;
    }

    customer.updatedMicros = nowMicros;
    if (kind < 15) {
      customer.rewriteNotes(dice);
      transaction.update(Customer.TABLE, customer.key(), null, customer.fullImage(shop.columns()));
      return;
    }

    changeOneColumn(customer, kind);
    update(transaction, customer);
  }

  void addPoints(Transaction transaction, Customer customer, long points, long nowMicros) {
    customer.loyaltyPoints = (int) (Math.max(customer.loyaltyPoints, 0) + points);
    customer.updatedMicros = nowMicros;
    update(transaction, customer);
  }

  /** Deletes a customer; the last one stays. */
  void delete(Transaction transaction) {
    Customer customer = shop.lockCustomer();
    if (customer == null || shop.customers().size() == 1) {
      return;
    }

    tally.happened("customers deleted");
    shop.remove(customer);
    shop.free(customer.id);
    delete(transaction, customer);
  }

  /** Deletes a row and inserts another under its key in the same transaction. */
  void replace(Transaction transaction, long nowMicros) {
    Customer customer = shop.lockCustomer();
    if (customer == null) {
      return;
    }

    tally.happened("customers replaced in one transaction");
    delete(transaction, customer);
    customer.name = Vocabulary.name(dice);
    customer.createdMicros = nowMicros;
    customer.updatedMicros = nowMicros;
    customer.rewriteNotes(dice);
    giveFirstPoints(customer);
    insert(transaction, customer);
  }

  /**
   * Gives a customer another key, once or twice. Returns the customer, whose orders must follow, or
   * null when none was free.
   */
  @Nullable Customer changeKey(Transaction transaction, long nowMicros) {
    Customer customer = customerForNewKey();
    if (customer == null) {
      return null;
    }

    customer.updatedMicros = nowMicros;
    changeKey(transaction, customer);
    if (dice.chance(0.15)) {
      tally.happened("keys changed twice in one transaction");
      changeKey(transaction, customer);
    }

    if (withNewKey.size() < REMEMBERED_KEY_CHANGES) {
      withNewKey.add(customer);
    }

    return customer;
  }

  /**
   * Gives the next customers their first points; leaves out a few. Returns whether any are left.
   */
  boolean startLoyalty(Transaction transaction, int customers, long nowMicros) {
    List<Customer> all = shop.customers();
    int end = Math.min(all.size(), loyaltyCursor + customers);
    for (; loyaltyCursor < end; loyaltyCursor++) {
      Customer customer = all.get(loyaltyCursor);
      boolean has = customer.loyaltyPoints != Customer.NO_VALUE;
      if (has || dice.chance(SKIPPED_BY_LOYALTY) || !shop.lock(customer)) {
        continue;
      }

      addPoints(transaction, customer, dice.below(20) * 10L, nowMicros);
    }

    return loyaltyCursor < all.size();
  }

  private @Nullable Customer customerForNewKey() {
    if (!withNewKey.isEmpty() && dice.chance(0.4)) {
      Customer again = withNewKey.remove(dice.below(withNewKey.size()));
      if (again.place != Customer.GONE && shop.lock(again)) {
        tally.happened("keys changed again");
        return again;
      }
    }

    Customer customer = shop.lockCustomer();
    for (int i = 0; i < 3 && customer != null && !customer.notesAreOutOfLine(); i++) {
      customer = shop.lockCustomer();
    }

    return customer;
  }

  private void changeKey(Transaction transaction, Customer customer) {
    tally.happened("keys changed");
    String before = Customer.deletedImage(customer.id, shop.columns());
    String oldKey = customer.key();
    long oldId = customer.id;
    customer.id = dice.chance(REUSED_IDS) ? shop.oldCustomerId() : shop.newCustomerId();
    shop.free(oldId);
    boolean notesChange = dice.chance(0.15);
    if (notesChange) {
      customer.rewriteNotes(dice);
    }

    transaction.changeKey(
        Customer.TABLE,
        oldKey,
        customer.key(),
        before,
        notesChange
            ? customer.fullImage(shop.columns())
            : customer.imageWithoutUnchangedNotes(shop.columns()));
  }

  private void changeOneColumn(Customer customer, int kind) {
    if (kind < 40) {
      customer.email = Vocabulary.email(dice, customer.id);
    } else if (kind < 60) {
      customer.tier = dice.pick(Vocabulary.TIERS);
    } else if (kind < 75) {
      customer.marketingOptIn = !customer.marketingOptIn;
    } else if (kind < 88) {
      customer.country = dice.pick(Vocabulary.COUNTRIES);
    } else {
      customer.birthDay = dice.chance(0.3) ? Customer.NO_VALUE : dice.between(-9_000, 13_000);
    }
  }

  private void giveFirstPoints(Customer customer) {
    boolean hasColumn = shop.columns() == Columns.WITH_LOYALTY_POINTS;
    customer.loyaltyPoints = hasColumn ? 0 : Customer.NO_VALUE;
  }

  private void insert(Transaction transaction, Customer customer) {
    transaction.insert(Customer.TABLE, customer.key(), customer.fullImage(shop.columns()));
  }

  private void update(Transaction transaction, Customer customer) {
    transaction.update(
        Customer.TABLE, customer.key(), null, customer.imageWithoutUnchangedNotes(shop.columns()));
  }

  private void delete(Transaction transaction, Customer customer) {
    transaction.delete(
        Customer.TABLE, customer.key(), Customer.deletedImage(customer.id, shop.columns()));
  }
}
