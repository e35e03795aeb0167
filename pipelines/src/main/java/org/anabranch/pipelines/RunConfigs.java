package org.anabranch.pipelines;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.anabranch.files.InputFiles;
import org.anabranch.transforms.merge.MergeBuckets;
import org.anabranch.transforms.merge.MergeConfig;
import org.anabranch.transforms.merge.PerRun.RunScope;
import org.anabranch.transforms.merge.Projection;
import org.anabranch.transforms.merge.RewriteRule;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.parse.BucketCounts;
import org.anabranch.transforms.parse.Parsing;
import org.anabranch.transforms.parse.TableSpec;
import org.anabranch.transforms.source.TableVerdict;

/**
 * Makes the configurations of steps for each run, whose tables are those that the runs before have
 * left.
 */
record RunConfigs(
    TablesConfig tables,
    List<Projection> projections,
    RewriteRule rule,
    SchemaChanges schemaChanges)
    implements Serializable {

  RunConfigs {
    projections = List.copyOf(projections);
  }

  /**
   * How a run merges.
   *
   * @throws IllegalArgumentException where a history is asked for that cannot be kept
   */
  MergeConfig merging(RunScope run) {
    Map<String, List<String>> keys = new TreeMap<>();
    for (TableSpec table : tables.tables().values()) {
      if (!table.key().isEmpty()) {
        keys.put(table.name(), table.key());
      }
    }

    return new MergeConfig(
            run.store(),
            histories(run.store()),
            projections,
            rule,
            tables
                .sources()
                .withLimits(
                    tables.limits().maxTables(),
                    tables.limits().maxColumns() * TableVerdict.COLUMNS_OF_RECORDS),
            Map.of())
        .rekeying(keys);
  }

  /**
   * How a run parses.
   *
   * @param bases files by table; only bounded pipelines have any
   * @throws IllegalArgumentException where a key or a base does not fit what is stored
   */
  Parsing parsing(RunScope run, Map<String, InputFiles> bases) {
    BucketCounts buckets = new BucketCounts(run.newBuckets(), run.store().buckets());
    return new Parsing(
        tables.parsing(buckets, bases, run.store(), schemaChanges),
        run.startMicros(),
        run.archive());
  }

  /**
   * Tables that have a history: those the configuration names, and those that have one already.
   *
   * @throws IllegalArgumentException for a table that is stored without one
   */
  private Set<String> histories(TableStore store) {
    Set<String> stored = store.buckets().keySet();
    Set<String> histories = new TreeSet<>(tables.histories());
    for (String table : stored) {
      boolean hasHistory = MergeBuckets.isHistory(store.schema(table + MergeConfig.HISTORY_SUFFIX));
      if (hasHistory) {
        histories.add(table);
      } else if (histories.contains(table)) {
        throw new IllegalArgumentException(
            ("table '%1$s' is stored without a history, which can be kept from the first run on only; to"
                    + " have one, drop the table (anabranch drop %1$s), forget how far the job has"
                    + " come where it reads topics (anabranch reset JOB), and read all of its input"
                    + " again with --history=%1$s")
                .formatted(table));
      }
    }

    return histories;
  }
}
