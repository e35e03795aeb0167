package org.anabranch.lake;

import static org.anabranch.lake.LakeIoTest.order;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactTablesTest {

  @TempDir private Path directory;

  private void upsert(Row... rows) {
    Pipeline pipeline = LakeIoTest.pipeline();
    pipeline
        .apply(Create.of(List.of(rows)).withRowSchema(LakeIoTest.ORDERS))
        .apply(LakeIoTest.orders())
        .apply(LakeIO.upsert().into(LakeConfig.at(directory)).withBuckets(1));
    pipeline.run().waitUntilFinish();
  }

  @Test
  void aBucketThatHasNothingToGainStaysAsItIs() throws IOException {
    upsert(order(1, "a", 1, "c"), order(2, "b", 1, "c"), order(3, "c", 1, "c"));
    upsert(order(1, "x", 2, "d"));
    upsert(order(2, "x", 3, "d"));
    try (Lake lake = Lake.at(LakeConfig.at(directory))) {
      Duration week = Duration.ofDays(7);
      assertThat(CompactTables.run(lake, week), equalTo(Map.of("orders", 1)));
      long version = lake.table("orders").version();
      assertThat(CompactTables.run(lake, week), is(anEmptyMap()));
      assertThat(lake.table("orders").version(), is(version));
    }

    assertThat(LakeIoTest.stored(directory), equalTo(Map.of(3L, "c")));
  }
}
