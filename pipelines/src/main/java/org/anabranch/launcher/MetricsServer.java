package org.anabranch.launcher;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Serves the metrics of a job at {@code http://127.0.0.1:PORT/metrics} as long as it lives. Each
 * call has a thread of its own: who asks slowly keeps nobody else from an answer.
 */
final class MetricsServer implements AutoCloseable {

  static final OptionSpec PORT =
      OptionSpec.of(
          "metrics-port",
          "PORT",
          "serve metrics in the text format of Prometheus at http://127.0.0.1:PORT/metrics, in the"
              + " modes micro-batch and stream; 0 takes a free port and says which");

  private static final int MAX_PORT = 65535;

  private static final String MAX_SECONDS = "10";

  private final HttpServer server;
  private final ExecutorService scrapers;

  private MetricsServer(HttpServer server, ExecutorService scrapers) {
    this.server = server;
    this.scrapers = scrapers;
  }

  /** Port that was asked for; -1 where none was. */
  static int port(Settings settings) {
    return settings.isGiven(PORT) ? (int) settings.wholeNumber(PORT, 0, MAX_PORT) : -1;
  }

  /**
   * Starts.
   *
   * @throws RunFailedException where the port is taken
   */
  static MetricsServer start(int port, JobMetrics metrics, LagMeter lag) {
    // Of whoever asks slowly, or does not read the answer, the connection is closed.
    System.setProperty("sun.net.httpserver.maxReqTime", MAX_SECONDS);
    System.setProperty("sun.net.httpserver.maxRspTime", MAX_SECONDS);
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      ExecutorService scrapers =
          Executors.newCachedThreadPool(
              task -> {
                Thread thread = new Thread(task, "metrics");
                thread.setDaemon(true);
                return thread;
              });
      server.setExecutor(scrapers);
      server.createContext("/metrics", exchange -> answer(exchange, metrics.text(lag.now())));
      server.start();
      return new MetricsServer(server, scrapers);
    } catch (IOException e) {
      throw new RunFailedException(
          "cannot serve metrics at port " + port + ": " + Reasons.of(e), e);
    }
  }

  /** What a job does while its metrics are served. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException;
  }

  /**
   * Serves metrics while work is done, and says where.
   *
   * @param port -1: they are not served
   */
  static void serveDuring(int port, JobMetrics metrics, LagMeter lag, PrintStream err, Work work)
      throws IOException {
    if (port < 0) {
      work.run();
      return;
    }

    try (MetricsServer server = start(port, metrics, lag)) {
      err.println("metrics are at http://127.0.0.1:" + server.port() + "/metrics");
      work.run();
    }
  }

  private static void answer(HttpExchange exchange, String text) throws IOException {
    try (exchange) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    scrapers.shutdownNow();
  }
}
