package org.anabranch.kafka;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.anabranch.model.Internal;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Where the brokers are and how to talk to them. Values of properties may be secrets: no text of
 * this class shows them.
 *
 * @param bootstrapServers {@code HOST:PORT}, several separated by commas
 * @param clientProperties settings of Kafka's clients, such as those of TLS and SASL
 */
@Internal
public record KafkaConfig(String bootstrapServers, Map<String, String> clientProperties)
    implements Serializable {

  /** A host name, an IPv4 address or an IPv6 address in brackets, then a port. */
  private static final Pattern SERVER =
      Pattern.compile("(\\[[0-9A-Fa-f:.%]+]|[^\\s:,\\[\\]]+):\\d+");

  /** A positive number of a few digits; Kafka itself refuses what is no number. */
  private static final Pattern MILLIS = Pattern.compile("[1-9]\\d{0,7}");

  /** What stands between the words of a JAAS configuration. */
  private static final Pattern BETWEEN_WORDS = Pattern.compile("[\\s=;\"']+");

  /** Words of a JAAS configuration that everybody has. */
  private static final Set<String> WORDS_OF_ALL =
      Set.of("required", "requisite", "sufficient", "optional", "username", "password");

  private static final int MAX_PORT = 65_535;

  /** Properties that exact reading depends on. */
  private static final Set<String> OURS =
      Set.of(
          CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.ISOLATION_LEVEL_CONFIG,
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
          ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);

  /** How long the brokers may take to answer the first question: their address may be wrong. */
  private static final int ANSWER_MILLIS = 15_000;

  /** The same for later ones, as of a job that goes on: brokers may be started again meanwhile. */
  static final int RESTART_MILLIS = 60_000;

  private static final int REQUEST_MILLIS = 5_000;

  public KafkaConfig {
    for (String server : bootstrapServers.split(",", -1)) {
      checkServer(server.strip(), bootstrapServers);
    }

    clientProperties = new TreeMap<>(clientProperties);
    for (String name : clientProperties.keySet()) {
      if (OURS.contains(name)) {
        throw new IllegalArgumentException(
            "the client property '" + name + "' cannot be set: reading exactly depends on it");
      }
    }
  }

  private static void checkServer(String server, String all) {
    boolean hasPort = SERVER.matcher(server).matches() && hasPort(server);
    if (!hasPort) {
      throw new IllegalArgumentException(
          "bootstrap servers must be HOST:PORT, separated by commas, but was: '" + all + "'");
    }
  }

  private static boolean hasPort(String server) {
    String port = server.substring(server.lastIndexOf(':') + 1);
    return port.length() <= 5 && Integer.parseInt(port) > 0 && Integer.parseInt(port) <= MAX_PORT;
  }

  /** Brokers without further properties. */
  public static KafkaConfig of(String bootstrapServers) {
    return new KafkaConfig(bootstrapServers, Map.of());
  }

  /** Properties of a consumer that reads committed records only and never skips any silently. */
  public Map<String, Object> consumerProperties() {
    Map<String, Object> properties = new LinkedHashMap<>();
    // Fewer and larger answers; a consumer holds one of them.
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "2000");
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, String.valueOf(4 << 20));
    // What is to be read is there: brokers that wait for more only hold up the next slice.
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "20");
    properties.putAll(clientProperties());
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    return withCommon(properties);
  }

  /**
   * How long the brokers may take to answer the first question, in milliseconds: 15 seconds, or the
   * client's {@code default.api.timeout.ms} where that is less.
   */
  int answerMillis() {
    String asked = clientProperties.get(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG);
    return asked != null && MILLIS.matcher(asked).matches()
        ? Math.min(ANSWER_MILLIS, Integer.parseInt(asked))
        : ANSWER_MILLIS;
  }

  /** Properties of an admin client that gives up in time. */
  Map<String, Object> adminProperties() {
    Map<String, Object> properties = new LinkedHashMap<>(clientProperties());
    properties.putIfAbsent(
        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, String.valueOf(RESTART_MILLIS));
    properties.putIfAbsent(
        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
        String.valueOf(Math.min(REQUEST_MILLIS, answerMillis())));
    return withCommon(properties);
  }

  /** Properties of a producer whose records are acknowledged by all replicas. */
  Map<String, Object> producerProperties() {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put(ProducerConfig.LINGER_MS_CONFIG, "20");
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "30000");
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, String.valueOf(answerMillis()));
    properties.putAll(clientProperties());
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    return withCommon(properties);
  }

  private Map<String, Object> withCommon(Map<String, Object> properties) {
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    // Clients would tell the brokers how they are doing.
    properties.putIfAbsent(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, "false");
    return properties;
  }

  /** A message of Kafka's clients without the secrets, or the parts of them, it may repeat. */
  String withoutSecrets(String message) {
    String text = message;
    Map<String, ConfigDef.ConfigKey> known = ConsumerConfig.configDef().configKeys();
    for (Map.Entry<String, String> property : clientProperties.entrySet()) {
      ConfigDef.ConfigKey key = known.get(property.getKey());
      if (key != null && key.type != ConfigDef.Type.PASSWORD) {
        continue;
      }

      text = hidden(text, property.getValue());
      for (String word : BETWEEN_WORDS.split(property.getValue(), -1)) {
        text = WORDS_OF_ALL.contains(word) ? text : hidden(text, word);
      }
    }

    return text;
  }

  private static String hidden(String text, String secret) {
    return secret.isBlank() ? text : text.replace(secret, "***");
  }

  @Override
  public String toString() {
    return "KafkaConfig[" + bootstrapServers + ", properties " + clientProperties.keySet() + "]";
  }
}
