package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The same for a stream, and one that is stopped with a savepoint and goes on from it. */
public abstract class StreamClusterConformance extends KilledWorkersConformance {

  @Override
  protected String mode() {
    return "stream";
  }

  /**
   * Stops the job with a savepoint.
   *
   * @return options of the run that goes on from it
   */
  protected abstract List<String> stopWithSavepoint(ClusterProcesses processes) throws Exception;

  @Test
  void aJobGoesOnFromItsSavepoint() throws Exception {
    try (ClusterProcesses processes = processes()) {
      List<String> options = new ArrayList<>(start(processes));
      options.addAll(List.of("--every=1s", "--max-rows=" + records() / 20));
      startWorker(processes);
      List<String> goingOn;
      try (LauncherProcess job = LauncherProcess.ofScript(log(), javaOptions(), call(options))) {
        job.awaitPrinted("a stream of");
        TimeUnit.SECONDS.sleep(25);
        goingOn = stopWithSavepoint(processes);
        assertThat(job.printed() + processes.logs(), job.exitCode(), is(0));
      }

      options.addAll(goingOn);
      try (LauncherProcess job = LauncherProcess.ofScript(log(), javaOptions(), call(options))) {
        for (int look = 0; look < 60 && job.isAlive() && !differences().isEmpty(); look++) {
          TimeUnit.SECONDS.sleep(2);
        }

        assertThat(job.printed() + processes.logs(), differences(), is(Map.of()));
      }
    }
  }
}
