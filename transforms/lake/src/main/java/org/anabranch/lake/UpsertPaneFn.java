package org.anabranch.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.anabranch.transforms.merge.MergeConfig;
import org.anabranch.transforms.merge.MergeTable;
import org.anabranch.transforms.parse.ChangeBatch;
import org.anabranch.transforms.report.RunCounters;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.anabranch.transforms.report.WriteReport;
import org.apache.beam.sdk.coders.MapCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/**
 * Merges a pane of one table onto the table as it stands and commits it, as a run of its own. What
 * comes out are the commits since the one that came out last, which the engine remembers: where it
 * dies after a commit, the same pane changes nothing any more, and its commit still comes out.
 */
final class UpsertPaneFn extends DoFn<KV<String, Iterable<ChangeBatch>>, TableCommitted> {

  private static final long serialVersionUID = 1;

  private static final String TOLD = "told";

  @StateId(TOLD)
  private final StateSpec<ValueState<Map<String, Long>>> versions =
      StateSpecs.value(MapCoder.of(StringUtf8Coder.of(), VarLongCoder.of()));

  private final UpsertConfig config;
  private final TreeMap<String, Long> initial;

  /**
   * @param initial versions of the tables when the pipeline was built, after which commits come out
   *     where the engine remembers nothing yet
   */
  UpsertPaneFn(UpsertConfig config, Map<String, Long> initial) {
    this.config = config;
    this.initial = new TreeMap<>(initial);
  }

  @ProcessElement
  public void process(
      @Element KV<String, Iterable<ChangeBatch>> pane,
      @StateId(TOLD) ValueState<Map<String, Long>> state,
      OutputReceiver<TableCommitted> out)
      throws IOException {
    String table = pane.getKey();
    if (table.isEmpty()) {
      // What was counted of records that are of no table.
      pane.getValue().forEach(batch -> RunCounters.count(RunReport.of(List.of(batch.report()))));
      return;
    }

    try (Lake lake = Lake.at(config.lake())) {
      List<TableCommitted> commits;
      try (LakeRun run = lake.startRun(config.buckets(), config.rules(), config.pipeline())) {
        RunReport report = merge(run, table, pane.getValue());
        RunOutcome outcome = new CommitRun(lake, run, report).commit();
        RunCounters.count(report);
        outcome.requireNoRefusal();
        commits = outcome.effects().commits();
      }

      Map<String, Long> told = new TreeMap<>(Objects.requireNonNullElse(state.read(), initial));
      for (String name : List.of(table + MergeConfig.HISTORY_SUFFIX, table)) {
        for (TableCommitted commit :
            Redelivery.since(name, lake.catalog().load(name), told.getOrDefault(name, 0L))) {
          out.output(commit);
          told.put(name, commit.version());
        }
      }

      state.write(told);
      CommitRunFn.lookAfter(config, lake, commits);
    }
  }

  private RunReport merge(LakeRun run, String table, Iterable<ChangeBatch> batches)
      throws IOException {
    MergeConfig merging = config.merging(run.store());
    List<TableReport> reports = new ArrayList<>();
    List<byte[]> changes = new ArrayList<>();
    for (ChangeBatch batch : batches) {
      reports.add(batch.report());
      changes.addAll(batch.changes());
    }

    RunReport declared = config.declaredReport(run.store());
    for (String name : List.of(table, table + MergeConfig.HISTORY_SUFFIX)) {
      TableReport known = declared.table(name);
      if (known != null) {
        reports.add(known);
      }
    }

    RunReport seen = RunReport.of(reports);
    RunReport written = MergeTable.merge(merging, table, seen, changes);
    RunReport report = seen.join(written);
    WriteReport.leave(run.staging(), report);
    return report;
  }
}
