package org.anabranch.runners;

import com.example.revenue.RevenueConformance;

class SparkRevenueTest extends RevenueConformance {

  @Override
  protected String runner() {
    return "spark";
  }
}
