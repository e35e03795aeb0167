package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.rest.RESTCatalogAdapter;
import org.apache.iceberg.rest.RESTCatalogServlet;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A catalog behind HTTP: the one that Iceberg tests its own client with, on a port of this JVM. */
class RestCatalogTest extends CatalogConformance {

  private final Server server =
      new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

  @Override
  String catalog() throws Exception {
    Catalog behind =
        CatalogUtil.buildIcebergCatalog(
            "behind",
            Map.of(
                "type",
                "jdbc",
                "uri",
                "jdbc:sqlite:" + directory.resolve("server.db"),
                "warehouse",
                directory.resolve("elsewhere").toString()),
            new Configuration());
    ServletContextHandler handler = new ServletContextHandler();
    handler.addServlet(
        new ServletHolder(new RESTCatalogServlet(new RESTCatalogAdapter(behind))), "/*");
    server.setHandler(handler);
    server.start();
    int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    return "{type: rest, uri: \"http://127.0.0.1:" + port + "\"}";
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
  }

  @Test
  void aServerThatDoesNotAnswerIsToldInOneLine() throws Exception {
    server.stop();
    Path config = directory.resolve("run.yaml");
    Path warehouse = Files.createDirectories(directory.resolve("warehouse"));

    Call call = Call.of("tables", "--warehouse=" + warehouse, "--config=" + config);

    assertThat(call.code(), is(1));
    assertThat(call.err().lines().count(), is(1L));
    assertThat(call.err(), containsString("127.0.0.1"));
  }
}
