package org.anabranch.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaConfigTest {

  @ParameterizedTest
  @ValueSource(strings = {"a:1", "a.b-c:9092, 10.0.0.1:65535", "[::1]:9092"})
  void serversAreHostsWithPorts(String servers) {
    assertThat(KafkaConfig.of(servers).bootstrapServers(), is(servers));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a", "a:", "a:x", "a:0", "a:65536", "a:999999999999", "a:1,", "a b:1"})
  void otherServersAreRefused(String servers) {
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> KafkaConfig.of(servers)).getMessage(),
        is("bootstrap servers must be HOST:PORT, separated by commas, but was: '" + servers + "'"));
  }

  @Test
  void propertiesPassThroughExceptThoseThatExactReadingNeeds() {
    Map<String, String> properties =
        Map.of("security.protocol", "SSL", "max.poll.records", "7", "ssl.key.password", "hunter2");
    KafkaConfig config = new KafkaConfig("a:1", properties);
    assertThat(config.consumerProperties().get("security.protocol"), is("SSL"));
    assertThat(config.consumerProperties().get("max.poll.records"), is("7"));
    assertThat(config.consumerProperties().get("isolation.level"), is("read_committed"));
    assertThat(config.consumerProperties().get("auto.offset.reset"), is("none"));
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> new KafkaConfig("a:1", Map.of("isolation.level", "read_uncommitted")))
            .getMessage(),
        startsWith("the client property 'isolation.level' cannot be set"));
  }

  @Test
  void noTextShowsTheValueOfAProperty() {
    KafkaConfig config =
        new KafkaConfig("a:1", Map.of("ssl.key.password", "hunter2", "security.protocol", "SSL"));
    assertThat(
        config.toString(),
        is("KafkaConfig[a:1, properties [security.protocol, ssl.key.password]]"));
    assertThat(config.withoutSecrets("SSL with hunter2 failed"), is("SSL with *** failed"));
  }

  @Test
  void itTravelsToWorkers() {
    KafkaConfig config = new KafkaConfig("a:1", Map.of("client.id", "x"));
    assertThat(SerializableUtils.clone(config), is(config));
  }
}
