package org.anabranch.lake;

import java.io.IOException;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/** Notes up to which version the commits to a table are taken. May be repeated, also later. */
final class AcknowledgeFn extends DoFn<KV<String, Long>, Void> {

  private static final long serialVersionUID = 1;

  private final LakeConfig config;
  private final Redelivery redelivery;

  AcknowledgeFn(LakeConfig config, Redelivery redelivery) {
    this.config = config;
    this.redelivery = redelivery;
  }

  @ProcessElement
  public void process(@Element KV<String, Long> version) throws IOException {
    try (Lake lake = Lake.at(config)) {
      redelivery.take(lake, version.getKey(), version.getValue());
    }
  }
}
