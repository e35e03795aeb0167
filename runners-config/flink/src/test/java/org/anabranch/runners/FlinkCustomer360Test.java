package org.anabranch.runners;

import java.io.IOException;
import java.sql.SQLException;
import org.anabranch.pipelines.Customer360Conformance;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FlinkCustomer360Test extends Customer360Conformance {

  @Override
  protected PipelineOptions options() {
    return FlinkRuns.options();
  }

  @Override
  @Test
  @Tag("long")
  protected void inputCutIntoRunsThatOverlapAndComeInAnyOrderChangesNothing()
      throws IOException, SQLException {
    super.inputCutIntoRunsThatOverlapAndComeInAnyOrderChangesNothing();
  }
}
