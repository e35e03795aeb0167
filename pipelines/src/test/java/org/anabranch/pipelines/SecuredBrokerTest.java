package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.anabranch.kafka.KafkaConfig;
import org.anabranch.kafka.TopicLoader;
import org.anabranch.launcher.LauncherCalls;
import org.anabranch.testdata.LocalBroker;
import org.anabranch.testdata.LocalBroker.Life;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Topics of a broker that speaks TLS and asks who one is, with secrets that only a file names: in,
 * by {@code run}, and out, by {@code publish}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecuredBrokerTest {

  private static final String STORE_PASSWORD = "store-secret-1";
  private static final String PASSWORD = "reader-secret-2";
  private static final String LOGIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\""
          + " password=\"%s\"";

  private Path directory = Path.of("");
  private LocalBroker broker;

  @BeforeAll
  void start(@TempDir Path shared) throws Exception {
    directory = shared;
    keytool(
        "-genkeypair",
        "-alias",
        "broker",
        "-keyalg",
        "EC",
        "-dname",
        "CN=127.0.0.1",
        "-ext",
        "SAN=ip:127.0.0.1",
        "-keystore",
        store("broker"));
    keytool(
        "-exportcert",
        "-alias",
        "broker",
        "-keystore",
        store("broker"),
        "-file",
        file("broker.crt"));
    keytool(
        "-importcert",
        "-noprompt",
        "-alias",
        "broker",
        "-file",
        file("broker.crt"),
        "-keystore",
        store("trusted"));

    Map<String, String> settings = new TreeMap<>();
    settings.put("listener.security.protocol.map", "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT");
    settings.put("inter.broker.listener.name", "PLAINTEXT");
    settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    settings.put("sasl.enabled.mechanisms", "PLAIN");
    settings.put(
        "listener.name.plaintext.plain.sasl.jaas.config",
        LOGIN.formatted("broker", "broker-secret-3")
            + " user_broker=\"broker-secret-3\" user_reader=\""
            + PASSWORD
            + "\";");
    settings.put("ssl.keystore.location", store("broker"));
    settings.put("ssl.keystore.password", STORE_PASSWORD);
    settings.put("ssl.truststore.location", store("trusted"));
    settings.put("ssl.truststore.password", STORE_PASSWORD);
    broker =
        LocalBroker.start(
            LocalBroker.home(), directory.resolve("broker"), 0, Life.ATTACHED, settings);
    Path lines = directory.resolve("lines.jsonl");
    Files.writeString(
        lines,
        """
        {"topic":"shop","key":{"id":1},"value":{"id":1,"name":"Ada"}}
        {"topic":"shop","key":{"id":2},"value":{"id":2,"name":"Bob"}}
        """);
    TopicLoader.load(
        new KafkaConfig(
            broker.bootstrapServers(),
            Map.of(
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                LOGIN.formatted("reader", PASSWORD) + ";",
                "ssl.truststore.location",
                store("trusted"),
                "ssl.truststore.password",
                STORE_PASSWORD)),
        List.of(lines),
        2);
  }

  @AfterAll
  void stop() throws IOException {
    broker.close();
  }

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  private String store(String name) {
    return file(name + ".p12");
  }

  private static void keytool(String... words) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(words));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", STORE_PASSWORD));
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS), is(true));
    assertThat(process.exitValue(), is(0));
  }

  /** A configuration file that names the secrets, which are in files of their own. */
  private Path config(String name, String password) throws IOException {
    Path jaas = directory.resolve(name + ".jaas");
    Files.writeString(jaas, LOGIN.formatted("reader", password) + ";");
    Path store = Files.writeString(directory.resolve("store.password"), STORE_PASSWORD);
    return Files.writeString(
        directory.resolve(name + ".yaml"),
        """
        bootstrap-servers: %s
        kafka:
          security.protocol: SASL_SSL
          sasl.mechanism: PLAIN
          sasl.jaas.config: ${file:%s}
          ssl.truststore.location: %s
          ssl.truststore.password: ${file:%s}
        """
            .formatted(broker.bootstrapServers(), jaas, store("trusted"), store));
  }

  private List<String> run(Path config, Path warehouse) {
    return List.of(
        "run",
        "replicate",
        "--config=" + config,
        "--topics=shop",
        "--plain-rows=shop",
        "--warehouse=" + warehouse,
        "--verbose");
  }

  @Test
  void topicsAreReadAndWrittenAndNoSecretIsPrinted() throws Exception {
    Path config = config("right", PASSWORD);
    Path warehouse = directory.resolve("warehouse");
    String printed = LauncherProcess.run(directory.resolve("log"), run(config, warehouse));
    String published =
        LauncherProcess.run(
            directory.resolve("log"),
            List.of(
                "publish", "shop", "--config=" + config, "--warehouse=" + warehouse, "--verbose"));

    assertThat(published, matchesPattern("(?s).*shop +anabranch\\.shop +2 +0 .*"));
    for (String text : List.of(printed, published)) {
      assertThat(text, not(containsString(PASSWORD)));
      assertThat(text, not(containsString(STORE_PASSWORD)));
    }
  }

  @Test
  void aWrongPasswordIsToldInALineWithoutIt() throws Exception {
    Path config = config("wrong", "wrong-secret-4");
    List<String> call =
        run(config, directory.resolve("none")).stream()
            .filter(word -> !word.equals("--verbose"))
            .toList();
    long start = System.nanoTime();
    String printed = LauncherCalls.end(LocalBroker.home(), 1, call);
    String last = printed.lines().reduce("", (before, line) -> line);
    assertThat(last, startsWith("anabranch: "));
    assertThat(last, containsString("uthentication"));
    assertThat(printed, not(containsString("wrong-secret-4")));

    assertThat("seconds", (System.nanoTime() - start) / 1_000_000_000L < 30, is(true));
  }
}
