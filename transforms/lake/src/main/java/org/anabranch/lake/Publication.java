package org.anabranch.lake;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.anabranch.lake.Storage.Lock;
import org.anabranch.model.Internal;
import org.anabranch.transforms.merge.MergeBuckets;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.parse.TableNames;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.jspecify.annotations.Nullable;

/**
 * Makes a topic say what a table says. How far it has come is an Iceberg tag of the table, {@code
 * anabranch.published.TOPIC}, on the version that was published last, which therefore stays. What
 * is between that version and the current one is published, whoever wrote it, and then the tag
 * moves: who dies in between publishes it again, which changes nothing for who reads the newest
 * value of a key. One publication of a topic is under way at a time.
 */
@Internal
public final class Publication implements Closeable {

  private static final String TAG = "anabranch.published.";
  private static final Duration MAX_WAIT = Duration.ofSeconds(30);

  private final Lake lake;
  private final String table;
  private final VersionTag tag;
  private final Lock lock;
  private final LakeRun run;

  private Publication(Lake lake, String table, VersionTag tag, Lock lock, LakeRun run) {
    this.lake = lake;
    this.table = table;
    this.tag = tag;
    this.lock = lock;
    this.run = run;
  }

  /**
   * Looks whether a table can be published.
   *
   * @throws IllegalArgumentException where there is no such table, or its rows have no key of their
   *     own
   */
  public static void check(Lake lake, String table) throws IOException {
    LakeTable current = lake.table(TableNames.check(table));
    if (current.key().isEmpty() || MergeBuckets.isHistory(current.schema())) {
      throw new IllegalArgumentException(
          "table '" + table + "' has no row per key, which a topic of rows needs");
    }
  }

  /**
   * Begins to publish a table that can be.
   *
   * @throws IOException also where another process is publishing to the topic
   */
  public static Publication begin(Lake lake, String table, String topic) throws IOException {
    VersionTag tag = new VersionTag(TAG + topic);
    Lock lock =
        lake.config().storage().lock(LakeConfig.STATE + "/" + tag.name() + ".lock", MAX_WAIT);
    try {
      return new Publication(lake, table, tag, lock, lake.startRun(1));
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** Rows that are to be published; null where there are none. */
  public @Nullable TableChanges changes() throws IOException {
    TableOperations loaded = lake.catalog().load(table);
    TableHandle now = run.known(table).handle();
    TableMetadata metadata = loaded == null ? null : loaded.current();
    Snapshot current = metadata == null ? null : metadata.snapshot(now.snapshotId());
    if (loaded == null || metadata == null || current == null) {
      return null;
    }

    Snapshot published = tag.in(metadata);
    if (published != null && published.snapshotId() == current.snapshotId()) {
      return null;
    }

    TableStore after = store(List.of(now));
    if (published == null) {
      return TableChanges.of(table, store(List.of()), after, Set.of());
    }

    TableStore before = store(List.of(at(loaded, metadata, now, published)));
    return TableChanges.of(
        table, before, after, new BucketFiles(loaded.io(), metadata).changed(published, current));
  }

  private TableStore store(List<TableHandle> tables) {
    return Lake.store(lake.config(), run.id(), tables, 1);
  }

  /** The published version; its metadata is read where that of the current one lies. */
  private TableHandle at(
      TableOperations loaded, TableMetadata metadata, TableHandle now, Snapshot published)
      throws IOException {
    String stateName = States.at(metadata, published);
    TableState state = States.read(table, loaded.io(), metadata, stateName);
    return Lake.base(table, metadata, published, state, stateName)
        .withMetadata(now.metadataLocation())
        .handle();
  }

  /** Notes that all of it is published. */
  public void done() throws IOException {
    note(run.known(table).handle().snapshotId());
  }

  /** Notes that nothing is published, for the topic is not there any more. */
  public void forget() throws IOException {
    note(null);
  }

  private void note(@Nullable Long version) throws IOException {
    tag.move(lake, table, run.id(), version);
  }

  @Override
  public void close() throws IOException {
    try (lock) {
      run.close();
    }
  }
}
