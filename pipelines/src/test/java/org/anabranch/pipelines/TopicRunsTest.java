package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicRunsTest extends TopicRunsConformance {

  @Override
  protected String runner() {
    return "direct";
  }

  /** Found before an engine starts. */
  @Test
  void aMissingTopicAndABrokerThatIsNotThereAreToldInALine(@TempDir Path warehouse)
      throws Exception {
    fails(bootstrapServers(), warehouse, "topic 'nope' does not exist");
    fails("--bootstrap-servers=127.0.0.1:1", warehouse, "127.0.0.1:1");
  }

  private void fails(String servers, Path warehouse, String expected) throws Exception {
    List<String> call =
        List.of("run", "customer-360", servers, "--topics=nope", "--warehouse=" + warehouse);
    long start = System.nanoTime();
    try (LauncherProcess process = LauncherProcess.start(log(), call)) {
      assertThat(process.exitCode(), is(1));
      String last = process.printed().lines().reduce("", (before, line) -> line);
      assertThat(last, containsString("anabranch: "));
      assertThat(last, containsString(expected));
    }

    assertThat("seconds", (System.nanoTime() - start) / 1_000_000_000L < 30, is(true));
  }
}
