package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.anabranch.kafka.EndAt;
import org.anabranch.kafka.KafkaConfig;
import org.anabranch.lake.LakeConfig;
import org.anabranch.launcher.LagMeter.Lag;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.junit.jupiter.api.Test;

class JobMetricsTest {

  @Test
  void countsAreThoseOfAllBatches() {
    JobMetrics metrics = new JobMetrics("nightly \"1\"");
    metrics.count(summary("orders", 5), 1.5, 0.5);
    metrics.count(summary("orders", 7), 1, 0.25);
    Map<String, Long> seen = Map.of(TableReport.DUPLICATES, 3L, TableReport.BYTES, 100L);
    metrics.count(summary("orders", seen), 1, 0);
    metrics.count(summary("late_interactions", Map.of(TableReport.WRITTEN, 9L)), 1, 0);
    metrics.count(summary("late_interactions", Map.of(TableReport.WRITTEN, 11L)), 1, 0);

    metrics.count(
        summary("dead_letters", Map.of(TableReport.READ, 2L, TableReport.MERGED, 2L)), 1, 0);
    String text = metrics.text(new Lag(42, 1.5));

    assertThat(
        text,
        containsString(
            "anabranch_records_read_total{job=\"nightly \\\"1\\\"\",table=\"orders\"} 12\n"));
    assertThat(text, containsString("# TYPE anabranch_records_read_total counter\n"));
    assertThat(text, containsString("anabranch_batches_total{job=\"nightly \\\"1\\\"\"} 6\n"));
    assertThat(
        text, containsString("anabranch_commit_seconds_total{job=\"nightly \\\"1\\\"\"} 0.750\n"));
    assertThat(text, containsString("anabranch_lag_records{job=\"nightly \\\"1\\\"\"} 42\n"));
    assertThat(text, containsString("anabranch_lag_seconds{job=\"nightly \\\"1\\\"\"} 1.500\n"));
    assertThat(text, containsString("anabranch_seconds_since_last_commit{"));
    // Dead letters are records of the tables they were meant for.
    assertThat(text, containsString("table=\"dead_letters\"} 0\n"));
    assertThat(text, not(containsString("table=\"dead_letters\"} 2\n")));
    assertThat(metrics.text(null), not(containsString("lag_")));
    assertThat(text, containsString("anabranch_bytes_read_total{job=\"nightly \\\"1\\\"\"} 100\n"));
    assertThat(text, containsString("anabranch_records_late{job=\"nightly \\\"1\\\"\"} 11\n"));
    assertThat(text, containsString("table=\"orders\"} 3\n"));
    assertThat(
        text.lines().allMatch(line -> line.startsWith("# ") || line.contains("} ")), is(true));
  }

  @Test
  void metricsAreServedAsLongAsTheJobLives() throws IOException, InterruptedException {
    JobMetrics metrics = new JobMetrics("job");
    try (MetricsServer server = start(metrics);
        Socket slow = new Socket(InetAddress.getLoopbackAddress(), server.port());
        Socket silent = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      // One that never ends its question, and one that asks nothing.
      slow.getOutputStream().write("GET /metrics HTTP/1.1\r\n".getBytes(StandardCharsets.UTF_8));
      slow.getOutputStream().flush();
      assertThat(silent.isConnected(), is(true));
      HttpResponse<String> response =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(
                          URI.create("http://127.0.0.1:" + server.port() + "/metrics"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());

      assertThat(response.statusCode(), is(200));
      assertThat(response.body(), containsString("anabranch_batches_total{job=\"job\"} 0\n"));
      assertThat(response.body(), not(containsString("lag_")));
      assertThat(
          response.headers().firstValue("Content-Type").orElse(""),
          containsString("text/plain; version=0.0.4"));
    }
  }

  /** Of a job whose broker does not answer. */
  private static MetricsServer start(JobMetrics metrics) {
    TopicOptions topics =
        new TopicOptions(KafkaConfig.of("127.0.0.1:1"), "t", null, EndAt.now(), "job");
    return MetricsServer.start(0, metrics, new LagMeter(topics, LakeConfig.at(Path.of("nowhere"))));
  }

  private static Summary summary(String table, long read) {
    return summary(table, Map.of(TableReport.READ, read));
  }

  private static Summary summary(String table, Map<String, Long> counts) {
    return new Summary(RunReport.of(List.of(TableReport.counting(table, counts))));
  }
}
