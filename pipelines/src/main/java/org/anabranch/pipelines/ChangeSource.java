package org.anabranch.pipelines;

import java.util.List;
import org.anabranch.kafka.KafkaConfig;
import org.anabranch.kafka.TopicSlices;

/**
 * Where the changes of a run come from. Its extent is fixed before the run starts, so that whatever
 * arrives meanwhile belongs to a later run.
 */
public sealed interface ChangeSource {

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
}
