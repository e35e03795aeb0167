package org.anabranch.runners;

import org.anabranch.pipelines.TopicRunsConformance;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SparkTopicRunsTest extends TopicRunsConformance {

  /** The launcher starts its own. */
  @BeforeAll
  static void stopTheSharedContext() {
    SparkRuns.stop();
  }

  @Override
  protected String runner() {
    return "spark";
  }

  @Override
  @Test
  @Tag("long")
  protected void theArchiveAndThePublishedTopicsSayWhatTheTablesSay() throws Exception {
    super.theArchiveAndThePublishedTopicsSayWhatTheTablesSay();
  }

  @Override
  @Test
  @Tag("long")
  protected void aJobThatIsAskedToStopFinishesItsBatchAndGoesOnLater() throws Exception {
    super.aJobThatIsAskedToStopFinishesItsBatchAndGoesOnLater();
  }
}
