package org.anabranch.lake;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/** Notes of all tables up to which commit they are taken. May be repeated, also later. */
final class AcknowledgeFn extends DoFn<KV<String, Iterable<TableCommitted>>, Void> {

  private static final long serialVersionUID = 1;

  private final LakeConfig config;
  private final Redelivery redelivery;

  AcknowledgeFn(LakeConfig config, Redelivery redelivery) {
    this.config = config;
    this.redelivery = redelivery;
  }

  @ProcessElement
  public void process(@Element KV<String, Iterable<TableCommitted>> taken) throws IOException {
    Map<String, TableCommitted> newest = new HashMap<>();
    for (TableCommitted commit : taken.getValue()) {
      newest.merge(
          commit.table(), commit, (left, right) -> left.version() < right.version() ? right : left);
    }

    try (Lake lake = Lake.at(config);
        LakeRun run = lake.startRun(1)) {
      for (TableCommitted commit : newest.values()) {
        redelivery.take(lake, run.id(), commit);
      }
    }
  }
}
