package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.junit.jupiter.api.Test;

class JobMetricsTest {

  @Test
  void countsAreThoseOfAllBatches() {
    JobMetrics metrics = new JobMetrics("nightly \"1\"");
    metrics.count(summary("orders", 5), 1.5, 0.5);
    metrics.count(summary("orders", 7), 1, 0.25);
    metrics.behind(42);
    Map<String, Long> seen = Map.of(TableReport.DUPLICATES, 3L, TableReport.BYTES, 100L);
    metrics.count(summary("orders", seen), 1, 0);
    metrics.count(summary("late_interactions", Map.of(TableReport.WRITTEN, 9L)), 1, 0);
    metrics.count(summary("late_interactions", Map.of(TableReport.WRITTEN, 11L)), 1, 0);

    String text = metrics.text();

    assertThat(
        text,
        containsString(
            "anabranch_records_read_total{job=\"nightly \\\"1\\\"\",table=\"orders\"} 12\n"));
    assertThat(text, containsString("# TYPE anabranch_records_read_total counter\n"));
    assertThat(text, containsString("anabranch_batches_total{job=\"nightly \\\"1\\\"\"} 5\n"));
    assertThat(
        text, containsString("anabranch_commit_seconds_total{job=\"nightly \\\"1\\\"\"} 0.750\n"));
    assertThat(text, containsString("anabranch_lag_records{job=\"nightly \\\"1\\\"\"} 42\n"));
    assertThat(text, containsString("anabranch_bytes_read_total{job=\"nightly \\\"1\\\"\"} 100\n"));
    assertThat(text, containsString("anabranch_records_late{job=\"nightly \\\"1\\\"\"} 11\n"));
    assertThat(text, containsString("table=\"orders\"} 3\n"));
    assertThat(
        text.lines().allMatch(line -> line.startsWith("# ") || line.contains("} ")), is(true));
  }

  @Test
  void metricsAreServedAsLongAsTheJobLives() throws IOException, InterruptedException {
    JobMetrics metrics = new JobMetrics("job");
    try (MetricsServer server = MetricsServer.start(0, metrics)) {
      HttpResponse<String> response =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(
                          URI.create("http://127.0.0.1:" + server.port() + "/metrics"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());

      assertThat(response.statusCode(), is(200));
      assertThat(response.body(), is(metrics.text()));
      assertThat(
          response.headers().firstValue("Content-Type").orElse(""),
          containsString("text/plain; version=0.0.4"));
    }
  }

  private static Summary summary(String table, long read) {
    return summary(table, Map.of(TableReport.READ, read));
  }

  private static Summary summary(String table, Map<String, Long> counts) {
    return new Summary(RunReport.of(List.of(TableReport.counting(table, counts))));
  }
}
