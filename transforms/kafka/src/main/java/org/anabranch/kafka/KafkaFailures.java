package org.anabranch.kafka;

import java.util.Objects;

/** What Kafka's clients say of a failure, in one line and without secrets. */
final class KafkaFailures {

  private KafkaFailures() {}

  /** The deepest reason. */
  static String reason(Throwable failure, KafkaConfig config) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }

    String message = Objects.requireNonNullElse(root.getMessage(), root.getClass().getSimpleName());
    return config.withoutSecrets(message).lines().findFirst().orElse("").strip();
  }
}
