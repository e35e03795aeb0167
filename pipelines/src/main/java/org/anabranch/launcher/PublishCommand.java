package org.anabranch.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.anabranch.kafka.KafkaConfig;
import org.anabranch.kafka.Topics;
import org.anabranch.lake.Lake;
import org.anabranch.lake.Publication;

/**
 * {@code publish}: what has changed in tables, whoever changed it, to topics with a key per row.
 */
final class PublishCommand implements Command {

  private static final String PLACE = "{table}";

  private static final OptionSpec TOPIC =
      new OptionSpec(
          "topic",
          "NAME",
          "anabranch.{table}",
          "topic of a table, {table} being its name; made, and compacted, where it is missing"
              + " (default anabranch.{table})");

  private static final OptionSpec EVERY =
      OptionSpec.of(
          "every", "DURATION", "go on until SIGTERM, looking so often (default: once, then end)");

  @Override
  public String name() {
    return "publish";
  }

  @Override
  public String summary() {
    return "write what has changed in tables to Kafka topics, as upserts and tombstones";
  }

  @Override
  public String usage() {
    return "publish TABLE[,TABLE...] --warehouse=DIR --bootstrap-servers=HOST:PORT [--topic=NAME]"
        + " [--runner=NAME] [--every=DURATION]";
  }

  @Override
  public List<OptionSpec> options() {
    return List.of(
        StoredTables.WAREHOUSE,
        TopicOptions.BOOTSTRAP_SERVERS,
        TOPIC,
        EVERY,
        RunOptions.RUNNER,
        RunOptions.CONFIG,
        RunOptions.LOG);
  }

  @Override
  public void run(CommandLine line, CallContext context) {
    Words.checkCount(this, line, 1);
    EngineCall engine =
        EngineCall.parse(options().stream().map(OptionSpec::name).toList(), line, context);
    Settings settings = engine.settings();
    Path directory = TargetOptions.directory(settings, StoredTables.WAREHOUSE);
    if (!Files.isDirectory(directory)) {
      throw settings.wrong(
          StoredTables.WAREHOUSE,
          "must be a directory that a run has written, but there is no " + directory);
    }

    KafkaConfig kafka = TopicOptions.kafka(settings, engine.file().kafka());
    Duration every = settings.find(EVERY) == null ? null : settings.duration(EVERY);
    Map<String, String> topics = topics(settings, line.words().get(0));
    try (Lake lake = Lake.at(TargetOptions.lake(directory, engine.file().catalog()));
        RunnerSession session = RunnerSession.open(engine.runner(), engine.beam())) {
      for (String table : topics.keySet()) {
        Publication.check(lake, table);
      }

      makeTopics(kafka, lake, topics, context);
      Publisher publisher = new Publisher(engine, lake, session, kafka, context);
      if (every == null) {
        publisher.once(topics);
      } else {
        publisher.again(topics, every, Stop.onSignals());
      }
    } catch (IllegalArgumentException e) {
      throw new WrongCallException(Reasons.ofMessage(e), e);
    } catch (IOException e) {
      throw new RunFailedException("cannot publish from " + directory + ": " + Reasons.of(e), e);
    }
  }

  /** Topics by table. */
  private static Map<String, String> topics(Settings settings, String tables) {
    String topic = settings.text(TOPIC);
    Map<String, String> topics = new LinkedHashMap<>();
    for (String table : tables.split(",", -1)) {
      topics.put(table.strip(), topic.replace(PLACE, table.strip()));
    }

    if (topics.size() > 1 && !topic.contains(PLACE)) {
      throw settings.wrong(
          TOPIC, "of several tables must have {table} in its name, but was: " + topic);
    }

    return topics;
  }

  /** Makes the topics that are missing; what was once published to one is not there any more. */
  private static void makeTopics(
      KafkaConfig kafka, Lake lake, Map<String, String> topicByTable, CallContext context)
      throws IOException {
    try (Topics topics = Topics.connect(kafka)) {
      for (Map.Entry<String, String> wanted : topicByTable.entrySet()) {
        String topic = wanted.getValue();
        if (!topics.exists(topic)) {
          try (Publication before = Publication.begin(lake, wanted.getKey(), topic)) {
            before.forget();
          }

          if (topics.makeCompacted(topic)) {
            context.err().println("made the topic " + topic + ", which is compacted");
          }
        }
      }
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new RunFailedException(Reasons.ofMessage(e), e);
    }
  }
}
