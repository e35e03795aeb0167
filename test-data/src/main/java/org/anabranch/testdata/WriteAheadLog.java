package org.anabranch.testdata;

import java.util.ArrayList;
import java.util.List;
import org.anabranch.testdata.Envelopes.Source;
import org.anabranch.testdata.Transaction.Change;
import org.jspecify.annotations.Nullable;

/**
 * The database log. Changes of concurrent transactions get their log sequence numbers interleaved,
 * but come out whole and in commit order, as the connector emits them: within the output only the
 * pair (last commit, log sequence number) rises, the log sequence number alone does not.
 */
final class WriteAheadLog {

  // So that the numbers grow by a digit within the data: compared as text, they would sort wrongly.
  private static final long FIRST_LSN = 99_000_000;

  private static final double DESCRIBED_TRANSACTIONS = 0.03;
  private static final double CLOCK_STEPS_BACK = 0.01;

  private final Dice dice;
  private final TopicLog out;
  private long lsn = FIRST_LSN;
  private long transactions = 740;
  private @Nullable Long lastCommit;

  WriteAheadLog(Dice dice, TopicLog out) {
    this.dice = dice;
    this.out = out;
  }

  Transaction begin() {
    return new Transaction(++transactions);
  }

  /** Reserves the next place in the log. */
  long nextLsn() {
    lsn += 8L * dice.between(5, 40);
    return lsn;
  }

  /** Emits a row read by the snapshot that was taken at {@code snapshotLsn}. */
  void emitSnapshotRow(
      Change row, String marker, long snapshotLsn, long transactionId, long micros) {
    Source source = new Source(row.table(), marker, null, snapshotLsn, transactionId, micros);
    emit(row, 'r', source);
  }

  /** Emits a message written into the log outside any table. */
  void emitMessage(String base64Content, long micros) {
    Source source = new Source("", "false", lastCommit, nextLsn(), ++transactions, micros);
    String key = new JsonObject().text("prefix", "app").toString();
    String value = Envelopes.message(source, base64Content);
    out.append(new LogRecord(LogRecord.MESSAGE, 0, key, value, null));
    lastCommit = nextLsn();
  }

  /** Logs the changes of concurrent transactions interleaved and commits each at some point. */
  void commit(List<Transaction> concurrent, long micros) {
    List<Transaction> open = new ArrayList<>(concurrent);
    while (!open.isEmpty()) {
      Transaction transaction = dice.pick(open);
      if (!transaction.isLogged()) {
        transaction.logNext(nextLsn());
        continue;
      }

      open.remove(transaction);
      emit(transaction, clock(micros));
      lastCommit = nextLsn();
    }
  }

  private long clock(long micros) {
    return dice.chance(CLOCK_STEPS_BACK) ? micros - dice.below(5_000_000) : micros;
  }

  private void emit(Transaction transaction, long micros) {
    if (transaction.isEmpty()) {
      return;
    }

    boolean described = dice.chance(DESCRIBED_TRANSACTIONS);
    int events = transaction.changes().size();
    if (described) {
      String id = transaction.id + ":" + transaction.lsn(0);
      emitBoundary(id, Envelopes.begin(id, micros));
    }

    for (int i = 0; i < events; i++) {
      Change change = transaction.changes().get(i);
      Source source =
          new Source(
              change.table(), "false", lastCommit, transaction.lsn(i), transaction.id, micros);
      emit(change, change.op(), source);
    }

    if (described) {
      String id = transaction.id + ":" + lsn;
      emitBoundary(id, Envelopes.end(id, events, micros));
    }
  }

  private void emitBoundary(String id, String value) {
    String key = new JsonObject().text("id", id).toString();
    out.append(new LogRecord(LogRecord.TRANSACTION, 0, key, value, null));
  }

  private void emit(Change change, char op, Source source) {
    String topic = "shop.public." + change.table();
    String value = Envelopes.change(source, op, change.before(), change.after());
    out.append(new LogRecord(topic, 0, change.key(), value, change.headers()));
    if (op == 'd') {
      out.append(new LogRecord(topic, 0, change.key(), null, change.headers()));
    }
  }
}
