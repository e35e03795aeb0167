package org.anabranch.transforms.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import java.util.ArrayList;
import java.util.List;
import org.anabranch.transforms.merge.PerRun.RunScope;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.CoderProperties;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Elements of one run stay together, and what differs between runs is found by their window. */
class RunWindowTest {

  private static TimestampedValue<KV<String, Integer>> element(String run, int value, long at) {
    return TimestampedValue.of(KV.of(run, value), Instant.ofEpochMilli(at));
  }

  @Test
  void comesBackAsItWas() throws Exception {
    CoderProperties.coderDecodeEncodeEqual(
        new RunWindow.WindowCoder(), new RunWindow("ab0run", 1_700_000_000_000L));
  }

  @Test
  void aRunIsCompleteWhenTheWatermarkPassesItsStart() {
    TestStream<KV<String, Integer>> stream =
        TestStream.create(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()))
            .addElements(element("a", 1, 10), element("a", 2, 10))
            .advanceWatermarkTo(Instant.ofEpochMilli(11))
            .addElements(element("b", 4, 20))
            .advanceWatermarkTo(Instant.ofEpochMilli(21))
            .addElements(element("c", 8, 30))
            .advanceWatermarkToInfinity();
    TestPipeline pipeline =
        TestPipeline.fromOptions(PipelineOptionsFactory.fromArgs("--targetParallelism=1").create())
            .enableAbandonedNodeEnforcement(false);
    PCollection<KV<String, Integer>> sums =
        pipeline
            .apply(stream)
            .apply(Window.into(new RunWindow.OfKey<>()))
            .apply(Sum.integersPerKey());
    PAssert.that(sums)
        .inOnTimePane(new RunWindow("a", 10))
        .containsInAnyOrder(List.of(KV.of("a", 3)));
    PAssert.that(sums)
        .inOnTimePane(new RunWindow("b", 20))
        .containsInAnyOrder(List.of(KV.of("b", 4)));
    PAssert.that(sums)
        .inOnTimePane(new RunWindow("c", 30))
        .containsInAnyOrder(List.of(KV.of("c", 8)));
    pipeline.run(pipeline.getOptions()).waitUntilFinish();
  }

  @Test
  void whatARunNeedsIsMadeOnceForIt() {
    List<String> made = new ArrayList<>();
    PerRun<String> perRun =
        PerRun.of(
            RunWindowTest::find,
            run -> {
              made.add(run.directory());
              return "of " + run.directory();
            });

    assertThat(perRun.of(new RunWindow("a", 1)), is("of a"));
    assertThat(perRun.of(new RunWindow("a", 1)), is("of a"));
    assertThat(perRun.of(new RunWindow("b", 2)), is("of b"));
    assertThat(perRun.of(new RunWindow("ended", 3)), is(nullValue()));
    assertThat(made, contains("a", "b"));
  }

  private static @Nullable RunScope find(BoundedWindow window) {
    String run = ((RunWindow) window).run();
    return run.equals("ended") ? null : new RunScope(MemoryStore.empty(), 1, run, 0, null);
  }
}
