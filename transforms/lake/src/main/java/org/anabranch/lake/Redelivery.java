package org.anabranch.lake;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.anabranch.transforms.report.TableReport;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/**
 * The commits of a job that its pipelines give again until what comes after them has taken them. Up
 * to which version it has is a tag of each table, {@code anabranch.given.JOB}, which the first
 * commit of the job to the table sets on the version before. Where there is none, it sets {@code
 * anabranch.made.JOB} on its own, until something is taken. Upkeep keeps the tagged version and all
 * after it. A table without a commit of the job gives nothing.
 *
 * @param job its name
 */
record Redelivery(String job) implements Serializable {

  private static final String GIVEN = "anabranch.given.";
  private static final String MADE = "anabranch.made.";
  private static final String COMPACTED = States.COUNT + TableReport.COMPACTED;

  /** Whether a tag says up to which version commits are taken. */
  static boolean isTag(String name) {
    return name.startsWith(GIVEN) || name.startsWith(MADE);
  }

  /** The tag of a version of which nothing is taken, where this one says what is. */
  static String made(String tag) {
    return tag.startsWith(GIVEN) ? MADE + tag.substring(GIVEN.length()) : tag;
  }

  VersionTag given() {
    return new VersionTag(GIVEN + job);
  }

  private VersionTag made() {
    return new VersionTag(MADE + job);
  }

  /**
   * Remembers with a commit, unless an earlier one has, that it and all after it are not taken.
   *
   * @param transaction that has the commit already
   * @param before the version that it builds on
   */
  void begin(Transaction transaction, @Nullable Snapshot before) {
    Map<String, ?> tags = transaction.table().refs();
    if (tags.containsKey(given().name()) || tags.containsKey(made().name())) {
      return;
    }

    VersionTag tag = before == null ? made() : given();
    Snapshot version = before == null ? transaction.table().currentSnapshot() : before;
    transaction.manageSnapshots().createTag(tag.name(), version.snapshotId()).commit();
  }

  /** The commits to all tables that are not taken yet, those of others among them. */
  List<TableCommitted> open(Lake lake) throws IOException {
    List<TableCommitted> commits = new ArrayList<>();
    for (LakeTable table : lake.tables()) {
      TableOperations loaded = table.operations();
      Snapshot given = given().in(loaded.current());
      Snapshot made = made().in(loaded.current());
      if (given != null) {
        commits.addAll(since(table.table(), loaded, given.sequenceNumber()));
      } else if (made != null) {
        commits.addAll(since(table.table(), loaded, made.sequenceNumber() - 1));
      }
    }

    return commits;
  }

  /** The commits to a table after a version that are still there, oldest first; no compactions. */
  static List<TableCommitted> since(String table, @Nullable TableOperations loaded, long version)
      throws IOException {
    List<TableCommitted> commits = new ArrayList<>();
    TableMetadata now = loaded == null ? null : loaded.current();
    Snapshot current = now == null ? null : now.currentSnapshot();
    if (loaded == null || now == null || current == null) {
      return commits;
    }

    for (Snapshot snapshot : SnapshotUtil.ancestorsOf(current.snapshotId(), now::snapshot)) {
      if (snapshot.sequenceNumber() <= version) {
        break;
      }

      if (!isCompaction(snapshot)) {
        commits.add(0, TableCommitted.of(table, loaded, snapshot));
      }
    }

    return commits;
  }

  private static boolean isCompaction(Snapshot snapshot) {
    return DataOperations.REPLACE.equals(snapshot.operation())
        || Objects.requireNonNullElse(snapshot.summary(), Map.<String, String>of())
            .containsKey(COMPACTED);
  }

  /**
   * Notes that a commit is taken, and all before it to the same table. Nothing is noted where the
   * commit is not there any more, as that to a table that was made anew since.
   *
   * @param run whose metadata files these are
   */
  void take(Lake lake, String run, TableCommitted commit) throws IOException {
    TableOperations loaded = lake.catalog().load(commit.table());
    TableMetadata now = loaded == null ? null : loaded.current();
    if (now == null || now.snapshot(commit.snapshotId()) == null) {
      return;
    }

    Snapshot taken = given().in(now);
    if (taken == null || taken.sequenceNumber() < commit.version()) {
      given().move(lake, commit.table(), run, commit.snapshotId());
      made().move(lake, commit.table(), run, null);
    }
  }
}
