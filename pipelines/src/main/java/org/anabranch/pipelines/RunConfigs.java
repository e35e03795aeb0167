package org.anabranch.pipelines;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.anabranch.files.InputFiles;
import org.anabranch.transforms.merge.PerRun.RunScope;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.parse.BucketCounts;
import org.anabranch.transforms.parse.Parsing;

/** How each run parses, whose tables are those that the runs before have left. */
record RunConfigs(TablesConfig tables, SchemaChanges schemaChanges) implements Serializable {

  /**
   * How a run parses.
   *
   * @param bases files by table; only bounded pipelines have any
   * @throws IllegalArgumentException where a key, a base or a history does not fit what is stored
   */
  Parsing parsing(RunScope run, Map<String, InputFiles> bases) {
    requireHistories(run.store());
    BucketCounts buckets = new BucketCounts(run.newBuckets(), run.store().buckets());
    return new Parsing(
        tables.parsing(buckets, bases, run.store(), schemaChanges),
        run.startMicros(),
        run.archive());
  }

  private void requireHistories(TableStore store) {
    List<String> without = tables.declared().storedWithoutHistory(store);
    if (!without.isEmpty()) {
      throw new IllegalArgumentException(
          ("table '%1$s' is stored without a history, which can be kept from the first run on only; to"
                  + " have one, drop the table (anabranch drop %1$s), forget how far the job has"
                  + " come where it reads topics (anabranch reset JOB), and read all of its input"
                  + " again with --history=%1$s")
              .formatted(without.get(0)));
    }
  }
}
