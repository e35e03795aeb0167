package org.anabranch.launcher;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * Options of the modes that run again and again.
 *
 * @param every interval between two batches
 * @param maxRows most records of a batch
 * @param untilCaughtUp whether to end when nothing is left
 * @param metricsPort where metrics are served; -1: nowhere
 */
record MicroBatchOptions(Duration every, long maxRows, boolean untilCaughtUp, int metricsPort)
    implements Serializable {

  static final OptionSpec EVERY =
      new OptionSpec(
          "every",
          "DURATION",
          "30s",
          "how often what came in is committed, in the modes micro-batch and stream (default 30s)");
  static final OptionSpec MAX_ROWS =
      new OptionSpec(
          "max-rows",
          "N",
          "1000000",
          "most records of a micro-batch; a longer backlog takes several (default 1000000)");
  static final OptionSpec UNTIL_CAUGHT_UP =
      OptionSpec.onOff(
          "until-caught-up", "end when nothing is left, in the modes micro-batch and stream");

  static final List<OptionSpec> ALL = List.of(EVERY, MAX_ROWS, UNTIL_CAUGHT_UP, MetricsServer.PORT);

  static MicroBatchOptions parse(Settings settings, Mode mode) {
    if (mode == Mode.BATCH) {
      for (OptionSpec option : ALL) {
        if (settings.isGiven(option)) {
          throw settings.wrong(option, "needs --mode=micro-batch or --mode=stream");
        }
      }
    }

    return new MicroBatchOptions(
        settings.duration(EVERY),
        settings.wholeNumber(MAX_ROWS, 1, Long.MAX_VALUE),
        settings.isOn(UNTIL_CAUGHT_UP),
        MetricsServer.port(settings));
  }
}
