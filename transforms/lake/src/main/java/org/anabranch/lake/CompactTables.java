package org.anabranch.lake;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.anabranch.lake.CommitResult.Conflict;
import org.anabranch.lake.LakeTable.BucketStatistics;
import org.anabranch.model.Internal;
import org.anabranch.model.Schema;
import org.anabranch.transforms.merge.CompactBucket;
import org.anabranch.transforms.merge.MergeConfig;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.anabranch.transforms.report.TableReport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts the buckets of all tables: their rows in one file each, without deletes, and the records
 * kept beside them once and not beyond their retention. An ordinary run as far as others can tell:
 * where they get in between, it starts again with the table as it is then.
 */
@Internal
public final class CompactTables {

  /** In the progress of a table, how far the times of a source have come, as they are counted. */
  private static final String CLOCK = "clock:";

  private static final int MAX_ATTEMPTS = 5;
  private static final Logger LOG = LoggerFactory.getLogger(CompactTables.class);

  private final Lake lake;
  private final long retentionMicros;

  private CompactTables(Lake lake, long retentionMicros) {
    this.lake = lake;
    this.retentionMicros = retentionMicros;
  }

  /**
   * Compacts all tables that have something to gain.
   *
   * @param retention source time for which deletes are kept, counted back from the newest change of
   *     the same source, by times that no single record can move
   * @return buckets compacted, by table
   */
  public static Map<String, Integer> run(Lake lake, Duration retention) throws IOException {
    return new CompactTables(lake, TimeUnit.SECONDS.toMicros(retention.toSeconds())).run();
  }

  private Map<String, Integer> run() throws IOException {
    Map<String, Integer> compacted = new TreeMap<>();
    try (LakeRun run = lake.startRun(1)) {
      for (LakeTable table : lake.tables()) {
        int buckets = compact(run, table.table());
        if (buckets > 0) {
          LOG.info("table {}: {} buckets compacted", table.table(), buckets);
          compacted.put(table.table(), buckets);
        }
      }
    }

    return compacted;
  }

  private int compact(LakeRun run, String name) throws IOException {
    for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      run.refresh(name);
      LakeTable table = lake.table(name);
      TableStore store = run.store();
      List<WrittenFile> files = new ArrayList<>();
      for (BucketStatistics bucket : table.bucketStatistics()) {
        if (gains(bucket)) {
          Map<String, Long> since = keptSince(table, store, bucket.bucket());
          files.addAll(
              CompactBucket.of(store, name, bucket.bucket(), since, bucket.segments() <= 1));
        }
      }

      TableReport report =
          new TableReport(
              name,
              table.key(),
              Schema.EMPTY,
              files,
              Map.of(TableReport.COMPACTED, (long) files.size()));
      if (files.isEmpty() || !(run.commit(report) instanceof Conflict)) {
        return files.size();
      }
    }

    return 0;
  }

  /** Records that have waited for their retention lie in a segment of their own. */
  private static boolean gains(BucketStatistics bucket) {
    return bucket.dataFiles() > 1 || bucket.deleteFiles() > 0 || bucket.segments() > 0;
  }

  /** A history is made of all versions, and moved rows are known by their records. */
  private Map<String, Long> keptSince(LakeTable table, TableStore store, int bucket) {
    boolean keepsAll =
        bucket == TableStore.MOVED
            || store.buckets().containsKey(table.table() + MergeConfig.HISTORY_SUFFIX);
    if (keepsAll) {
      return Map.of();
    }

    // Records of a source are older or newer than others of this source alone.
    Map<String, Long> since = new TreeMap<>();
    table
        .places()
        .forEach(
            (place, micros) -> {
              if (place.startsWith(CLOCK)) {
                since.put(place.substring(CLOCK.length()), before(micros));
              }
            });
    return since;
  }

  private long before(long micros) {
    return micros < Long.MIN_VALUE + retentionMicros ? Long.MIN_VALUE : micros - retentionMicros;
  }
}
