package org.anabranch.runners;

import com.example.revenue.RevenueConformance;

class FlinkRevenueTest extends RevenueConformance {

  @Override
  protected String runner() {
    return "flink";
  }
}
