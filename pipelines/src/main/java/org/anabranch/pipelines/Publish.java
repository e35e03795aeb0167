package org.anabranch.pipelines;

import org.anabranch.kafka.KafkaConfig;
import org.anabranch.kafka.WriteTopic;
import org.anabranch.lake.ReadTableChanges;
import org.anabranch.lake.TableChanges;
import org.anabranch.model.Internal;
import org.apache.beam.sdk.Pipeline;

/**
 * What has changed in a table, as upserts and tombstones of a topic.
 *
 * <pre>
 * version before ──┐
 *                  ├── compare, bucket by bucket ── topic
 * version now ─────┘
 * </pre>
 */
@Internal
public final class Publish {

  private Publish() {}

  /** Adds the pipeline's steps. */
  public static void expand(
      Pipeline pipeline, TableChanges changes, KafkaConfig kafka, String topic) {
    pipeline
        .apply("Changed rows", ReadTableChanges.of(changes))
        .apply("Topic", WriteTopic.to(kafka, topic));
  }
}
