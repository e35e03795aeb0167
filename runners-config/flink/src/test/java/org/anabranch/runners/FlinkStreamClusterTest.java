package org.anabranch.runners;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.anabranch.pipelines.ClusterProcesses;
import org.anabranch.pipelines.StreamClusterConformance;
import org.jspecify.annotations.Nullable;

class FlinkStreamClusterTest extends StreamClusterConformance {

  private static final Pattern JOB = Pattern.compile("\"jid\":\"([0-9a-f]+)\"");
  private static final Pattern REQUEST = Pattern.compile("\"request-id\":\"([0-9a-f]+)\"");
  private static final Pattern LOCATION = Pattern.compile("\"location\":\"([^\"]+)\"");

  private @Nullable FlinkCluster cluster;
  private int workers;

  @Override
  protected String runner() {
    return "flink";
  }

  @Override
  protected List<String> start(ClusterProcesses processes) throws Exception {
    cluster = FlinkCluster.start(processes, Path.of("target").toAbsolutePath());
    List<String> options = new ArrayList<>(cluster().options());
    options.add("--checkpointing-interval=2000");
    return options;
  }

  private FlinkCluster cluster() {
    return Objects.requireNonNull(cluster);
  }

  @Override
  protected Process startWorker(ClusterProcesses processes) throws Exception {
    return cluster().startWorker("taskmanager-" + ++workers);
  }

  @Override
  protected List<String> stopWithSavepoint(ClusterProcesses processes) throws Exception {
    String job = cluster().rest() + "/jobs/" + found(JOB, get(cluster().rest() + "/jobs/overview"));
    String directory = processes.directory().resolve("savepoints").toUri().toString();
    String request =
        found(
            REQUEST,
            send(
                HttpRequest.newBuilder(URI.create(job + "/stop"))
                    .header("Content-Type", "application/json")
                    .POST(
                        BodyPublishers.ofString(
                            "{\"targetDirectory\":\"" + directory + "\",\"drain\":false}"))));
    String status = job + "/savepoints/" + request;
    processes.await(status, "\"COMPLETED\"");
    return List.of("--savepoint-path=" + found(LOCATION, get(status)));
  }

  private static String found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(text, matcher.find(), is(true));
    return matcher.group(1);
  }

  private static String get(String url) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(url)));
  }

  private static String send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString()).body();
  }
}
