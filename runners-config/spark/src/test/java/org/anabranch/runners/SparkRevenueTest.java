package org.anabranch.runners;

import com.example.revenue.RevenueConformance;
import org.junit.jupiter.api.BeforeAll;

class SparkRevenueTest extends RevenueConformance {

  /** The launcher starts its own. */
  @BeforeAll
  static void stopTheSharedContext() {
    SparkRuns.stop();
  }

  @Override
  protected String runner() {
    return "spark";
  }
}
