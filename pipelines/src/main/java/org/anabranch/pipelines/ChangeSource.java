package org.anabranch.pipelines;

import java.io.Serializable;
import java.util.List;
import org.anabranch.kafka.KafkaConfig;
import org.anabranch.kafka.TopicSlices;
import org.anabranch.lake.ArchiveSelection;
import org.anabranch.model.Internal;
import org.anabranch.transforms.retry.RetrySelection;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.values.KV;

/**
 * Where changes come from. The extent of what a run reads is fixed before it starts, so that
 * whatever arrives meanwhile belongs to a later run.
 */
@Internal
public sealed interface ChangeSource extends Serializable {

  /**
   * Files of change events.
   *
   * @param globs that match them
   */
  record ChangeFiles(List<String> globs) implements ChangeSource {
    public ChangeFiles {
      globs = List.copyOf(globs);
    }
  }

  /**
   * Slices of Kafka topics.
   *
   * @param kafka how to reach the broker
   * @param slices offsets to read
   */
  record TopicRecords(KafkaConfig kafka, TopicSlices slices) implements ChangeSource {}

  /**
   * Records of an archive.
   *
   * @param files that hold them, among others
   * @param selection which of them
   */
  record ArchivedRecords(List<String> files, ArchiveSelection selection) implements ChangeSource {
    public ArchivedRecords {
      files = List.copyOf(files);
    }
  }

  /**
   * Dead letters of the warehouse itself.
   *
   * @param selection which of them
   */
  record DeadLettersAgain(RetrySelection selection) implements ChangeSource {}

  /**
   * Topics without end: one run after the other, each of a slice.
   *
   * @param kafka how to reach the broker
   * @param runs names of the runs with what each reads
   */
  record TopicStream(KafkaConfig kafka, UnboundedSource<KV<String, TopicSlices>, ?> runs)
      implements ChangeSource {}
}
