package org.anabranch.launcher;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.anabranch.kafka.EndAt;
import org.anabranch.kafka.KafkaConfig;
import org.anabranch.kafka.StartAt;
import org.jspecify.annotations.Nullable;

/**
 * Options of runs that read Kafka topics.
 *
 * @param kafka how to reach the broker
 * @param topics names, or a pattern between slashes
 * @param from where reading starts; null: where the job has come to, else at the earliest record
 * @param to where reading ends
 * @param job under whose name progress is kept
 */
record TopicOptions(KafkaConfig kafka, String topics, @Nullable StartAt from, EndAt to, String job)
    implements Serializable {

  static final OptionSpec BOOTSTRAP_SERVERS =
      OptionSpec.of(
          "bootstrap-servers",
          "HOST:PORT[,...]",
          "Kafka brokers; TLS, SASL and other properties of the client stand under"
              + " 'kafka:' in the configuration file");
  static final OptionSpec TOPICS =
      OptionSpec.of(
          "topics", "TOPIC[,TOPIC...]|/REGEX/", "topics of change events, or a pattern of names");
  static final OptionSpec FROM =
      OptionSpec.of(
          "from",
          "earliest|latest|committed|INSTANT|TOPIC/PARTITION:OFFSET[,...]",
          "start; except in a batch, of partitions the job has not read yet (default earliest)");
  static final OptionSpec TO =
      OptionSpec.of(
          "to",
          "INSTANT|TOPIC/PARTITION:OFFSET[,...]",
          "where a batch ends, exclusive (default: the end at launch)");
  static final List<OptionSpec> ALL =
      List.of(BOOTSTRAP_SERVERS, TOPICS, FROM, TO, ReplayOptions.REPLAY);

  private static final String COMMITTED = "committed";

  /**
   * Whether topics are read, or the archive of some.
   *
   * @throws WrongCallException where files are given too
   */
  static boolean isGiven(Settings settings, OptionSpec files) {
    boolean isGiven =
        settings.isGiven(BOOTSTRAP_SERVERS)
            || settings.isGiven(TOPICS)
            || settings.isGiven(ReplayOptions.REPLAY);
    if (isGiven && settings.isGiven(files)) {
      OptionSpec other =
          settings.isGiven(ReplayOptions.REPLAY) ? ReplayOptions.REPLAY : BOOTSTRAP_SERVERS;
      throw settings.wrong(
          files,
          "and --%s exclude each other: a run reads files, topics or an archive"
              .formatted(other.name()));
    }

    return isGiven;
  }

  /**
   * Reads the options; null where files are read.
   *
   * @param properties of the Kafka client, from the configuration file
   * @param job under whose name progress is kept
   */
  static @Nullable TopicOptions parse(
      Settings settings, Map<String, String> properties, String job, Mode mode) {
    if (!settings.isGiven(BOOTSTRAP_SERVERS) && !settings.isGiven(TOPICS)) {
      for (OptionSpec option : ALL) {
        if (settings.isGiven(option)) {
          throw settings.wrong(option, "needs topics: add --bootstrap-servers and --topics");
        }
      }

      return null;
    }

    if (mode != Mode.BATCH && settings.isGiven(TO)) {
      throw settings.wrong(TO, "ends a batch: use --mode=batch, or --until-caught-up");
    }

    return new TopicOptions(
        kafka(settings, properties),
        settings.text(TOPICS),
        from(settings, mode),
        to(settings),
        job);
  }

  static KafkaConfig kafka(Settings settings, Map<String, String> properties) {
    try {
      return new KafkaConfig(settings.text(BOOTSTRAP_SERVERS), properties);
    } catch (IllegalArgumentException e) {
      throw settings.wrong(BOOTSTRAP_SERVERS, Reasons.ofMessage(e));
    }
  }

  private static @Nullable StartAt from(Settings settings, Mode mode) {
    String text = settings.find(FROM);
    if (text == null) {
      return mode == Mode.BATCH ? StartAt.parse("earliest") : null;
    }

    if (text.equals(COMMITTED)) {
      return null;
    }

    try {
      return StartAt.parse(text);
    } catch (IllegalArgumentException e) {
      throw settings.wrong(FROM, Reasons.ofMessage(e));
    }
  }

  private static EndAt to(Settings settings) {
    String text = settings.find(TO);
    try {
      return text == null ? EndAt.now() : EndAt.parse(text);
    } catch (IllegalArgumentException e) {
      throw settings.wrong(TO, Reasons.ofMessage(e));
    }
  }
}
