package org.anabranch.lake;

import java.util.Map;
import org.anabranch.model.Stable;
import org.anabranch.transforms.parse.TableNames;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Wait;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PInput;
import org.apache.beam.sdk.values.POutput;
import org.apache.beam.sdk.values.PValue;
import org.apache.beam.sdk.values.TupleTag;
import org.jspecify.annotations.Nullable;

/** What {@link LakeIO#upsert} gives. */
@Stable
public final class LakeCommits implements POutput {

  private static final TupleTag<TableCommitted> COMMITS = new TupleTag<>("commits") {};

  private final LakeConfig lake;
  private final @Nullable Redelivery redelivery;
  private final PCollection<TableCommitted> commits;
  private boolean isAcknowledged;

  LakeCommits(UpsertConfig config, PCollection<TableCommitted> commits) {
    lake = config.lake();
    redelivery = config.redelivers() ? new Redelivery(config.job()) : null;
    this.commits = commits;
  }

  /**
   * The commits that are there, at least once each: of a bounded pipeline one per table that has
   * changed, and with redelivery those that are not acknowledged yet; with a triggering frequency
   * all since the pipeline was built, or since the last one that the engine remembers, those of
   * others to the same tables among them.
   */
  public PCollection<TableCommitted> commits() {
    return commits;
  }

  /**
   * The rows of a table that the commits have changed: one per key and version, which differs from
   * what it was before; where a row's key columns have changed, the old row and the new one apart.
   * At least once each; applied to the version before they give the version. Costs a second look at
   * the buckets that have changed, by one worker. A commit whose version before has expired gives
   * all its rows as new ones; with redelivery, what it has changed since the commits were
   * acknowledged last.
   */
  public PCollection<ChangedRow> changedRows(String table) {
    return commits
        .apply(
            commits.getName() + "/Changed rows of " + table,
            ParDo.of(new ChangedRowsFn(lake, TableNames.check(table), redelivery)))
        .setCoder(new ChangedRow.ChangedCoder());
  }

  /**
   * Notes that the commits are taken, as soon as these collections are complete: outputs of the
   * steps that take them, of all of these, for it can be called once. Needs {@link
   * LakeUpsert#withRedelivery}. A pipeline that never acknowledges is given more commits each time.
   *
   * <pre>{@code
   * LakeCommits commits =
   *     changes.apply(LakeIO.upsert().into(lake).withJob("shop").withRedelivery());
   * PCollection<String> sent = commits.changedRows("orders").apply(ParDo.of(new SendFn()));
   * commits.acknowledgeAfter(sent);
   * }</pre>
   *
   * @throws IllegalStateException where commits are not given again, or this was called before
   * @throws IllegalArgumentException without any output to wait for
   */
  public void acknowledgeAfter(PCollection<?>... taken) {
    Redelivery again = redelivery;
    if (again == null) {
      throw new IllegalStateException("what is acknowledged needs withRedelivery()");
    }

    if (taken.length == 0) {
      throw new IllegalArgumentException(
          "commits are acknowledged after the outputs of the steps that take them: name these");
    }

    if (isAcknowledged) {
      throw new IllegalStateException(
          "commits are acknowledged once: name the outputs of all steps in one call");
    }

    isAcknowledged = true;
    commits
        .apply(commits.getName() + "/Taken", Wait.on(taken))
        .setCoder(new TableCommitted.CommittedCoder())
        .apply(commits.getName() + "/Together", WithKeys.of(""))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), new TableCommitted.CommittedCoder()))
        .apply(commits.getName() + "/Group", GroupByKey.create())
        .apply(commits.getName() + "/Acknowledge", ParDo.of(new AcknowledgeFn(lake, again)));
  }

  @Override
  public Pipeline getPipeline() {
    return commits.getPipeline();
  }

  @Override
  public Map<TupleTag<?>, PValue> expand() {
    return Map.of(COMMITS, commits);
  }

  @Override
  public void finishSpecifyingOutput(
      String transformName, PInput input, PTransform<?, ?> transform) {}
}
