package org.anabranch.kafka;

import java.io.Closeable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.anabranch.model.Internal;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The topics of a cluster: which there are, and which slices of them a run reads. One is opened per
 * process and kept open between micro-batches. To connect takes or fails within about 15 seconds;
 * later questions wait up to a minute, so that brokers can be started again.
 */
@Internal
public final class Topics implements Closeable {

  private static final Duration CLOSE = Duration.ofSeconds(5);
  private static final int NAMED_IN_MESSAGES = 10;

  private final KafkaConfig config;
  private final Admin admin;

  private Topics(KafkaConfig config, Admin admin) {
    this.config = config;
    this.admin = admin;
  }

  /**
   * Connects.
   *
   * @throws UnreachableBrokerException where no broker answers
   * @throws IllegalArgumentException where a property is wrong
   */
  public static Topics connect(KafkaConfig config) {
    Admin admin;
    try {
      admin = Admin.create(config.adminProperties());
    } catch (KafkaException e) {
      String reason = KafkaFailures.reason(e, config);
      if (reason.startsWith("No resolvable bootstrap urls")) {
        throw new UnreachableBrokerException(
            "no broker is called '%s': the name does not resolve"
                .formatted(config.bootstrapServers()));
      }

      throw wrongProperty(reason, e);
    }

    Topics topics = new Topics(config, admin);
    try {
      int millis = config.answerMillis();
      DescribeClusterOptions first = new DescribeClusterOptions().timeoutMs(millis);
      topics.answer(admin.describeCluster(first).clusterId(), millis);
    } catch (RuntimeException e) {
      topics.close();
      throw e;
    }

    return topics;
  }

  /** The cause stays out: it may show the property's value. */
  private static IllegalArgumentException wrongProperty(String reason, KafkaException failure) {
    IllegalArgumentException wrong =
        new IllegalArgumentException("a client property is wrong: " + reason);
    wrong.setStackTrace(failure.getStackTrace());
    return wrong;
  }

  /** Whether there is a topic of that name. */
  public boolean exists(String topic) {
    return names(new ListTopicsOptions()).contains(topic);
  }

  /**
   * Makes a topic that keeps the newest record of each key, unless there is one of that name, which
   * stays as it is.
   *
   * @return whether it was made
   */
  public boolean makeCompacted(String topic) {
    if (exists(topic)) {
      return false;
    }

    NewTopic compacted =
        new NewTopic(topic, Optional.empty(), Optional.empty())
            .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
    answer(admin.createTopics(List.of(compacted)).all());
    return true;
  }

  /**
   * Names of topics, in order.
   *
   * @param listOrPattern names separated by commas, or a regular expression between slashes, {@code
   *     /shop\.public\..* /}, that must match the whole name; Kafka's internal topics match none
   * @throws IllegalArgumentException for a topic that does not exist, or a pattern without any
   */
  public List<String> matching(String listOrPattern) {
    String text = listOrPattern.strip();
    boolean isPattern = text.length() > 1 && text.startsWith("/") && text.endsWith("/");
    return isPattern ? matching(pattern(text.substring(1, text.length() - 1))) : named(text);
  }

  private static Pattern pattern(String text) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "a topic pattern must be a regular expression, but was: '%s' (%s)"
              .formatted(text, e.getDescription()),
          e);
    }
  }

  private List<String> matching(Pattern pattern) {
    Set<String> all = names(new ListTopicsOptions());
    List<String> found =
        all.stream().filter(name -> pattern.matcher(name).matches()).sorted().toList();
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          "no topic on %s matches '%s'; %s"
              .formatted(config.bootstrapServers(), pattern, thereAre(all)));
    }

    return found;
  }

  private List<String> named(String list) {
    Set<String> wanted = new TreeSet<>();
    for (String name : list.split(",", -1)) {
      if (name.isBlank()) {
        throw new IllegalArgumentException(
            "topics must be names separated by commas, but was: '" + list + "'");
      }

      wanted.add(name.strip());
    }

    Set<String> all = names(new ListTopicsOptions().listInternal(true));
    for (String name : wanted) {
      if (!all.contains(name)) {
        throw missing(name);
      }
    }

    return List.copyOf(wanted);
  }

  private Set<String> names(ListTopicsOptions options) {
    return new TreeSet<>(answer(admin.listTopics(options).names()));
  }

  private IllegalArgumentException missing(String topic) {
    return new IllegalArgumentException(
        "topic '%s' does not exist on %s; %s"
            .formatted(topic, config.bootstrapServers(), thereAre(names(new ListTopicsOptions()))));
  }

  private static String thereAre(Set<String> names) {
    if (names.isEmpty()) {
      return "there are none";
    }

    List<String> first = names.stream().limit(NAMED_IN_MESSAGES).toList();
    int others = names.size() - first.size();
    return "there are: "
        + String.join(", ", first)
        + (others > 0 ? " and " + others + " more" : "");
  }

  /**
   * The slices a run reads, in the order of topics and partitions. They are offsets, so that
   * whoever reads them, and when, reads the same records.
   *
   * @param topics names
   * @param start where each partition starts
   * @param progress next offset by {@code TOPIC/PARTITION}, for {@link StartAt.Progress}; whatever
   *     the start is, a partition must not end before it
   * @param end where each partition ends
   * @throws IllegalArgumentException for topics, partitions and offsets that are not there
   * @throws IllegalStateException where the progress does not fit the partition: it was made anew,
   *     or records were removed before they were read
   */
  public TopicSlices slices(
      Collection<String> topics, StartAt start, Map<String, Long> progress, EndAt end) {
    List<TopicPartition> partitions = partitions(new TreeSet<>(topics));
    Map<TopicPartition, Long> first = offsets(partitions, OffsetSpec.earliest());
    Map<TopicPartition, Long> last = offsets(partitions, OffsetSpec.latest());
    SliceRules rules = new SliceRules(partitions, first, last);
    rules.requireNotMadeAnew(topics, progress);
    Set<String> named = named(start, end);
    return rules
        .of(named)
        .slices(starts(start, rules, topics, progress, partitions), ends(end, rules, partitions));
  }

  /** Partitions that start and end name, where both do: only these are read; else none. */
  private static Set<String> named(StartAt start, EndAt end) {
    Set<String> named = new TreeSet<>();
    if (start instanceof StartAt.Offsets from && end instanceof EndAt.Offsets to) {
      named.addAll(from.offsets().keySet());
      named.addAll(to.offsets().keySet());
    }

    return named;
  }

  private Map<TopicPartition, Long> starts(
      StartAt start,
      SliceRules rules,
      Collection<String> topics,
      Map<String, Long> progress,
      List<TopicPartition> partitions) {
    if (start instanceof StartAt.Latest) {
      return rules.last();
    }

    if (start instanceof StartAt.Time at) {
      return rules.clamped(times(partitions, at.time()));
    }

    if (start instanceof StartAt.Offsets at) {
      return rules.starts(at.offsets());
    }

    return start instanceof StartAt.Progress ? rules.resumed(topics, progress) : rules.first();
  }

  private Map<TopicPartition, Long> ends(
      EndAt end, SliceRules rules, List<TopicPartition> partitions) {
    if (end instanceof EndAt.Time at) {
      return rules.clamped(times(partitions, at.time()));
    }

    return end instanceof EndAt.Offsets at ? rules.ends(at.offsets()) : rules.last();
  }

  private List<TopicPartition> partitions(Set<String> topics) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
        admin.describeTopics(topics).topicNameValues().entrySet()) {
      TopicDescription description;
      try {
        description = answer(topic.getValue());
      } catch (NotThereException e) {
        throw missing(topic.getKey());
      }

      description
          .partitions()
          .forEach(info -> partitions.add(new TopicPartition(topic.getKey(), info.partition())));
    }

    partitions.sort(
        Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));
    return partitions;
  }

  /**
   * The ids that the brokers gave to topics when they were made; of brokers that give none,
   * nothing.
   *
   * @throws IllegalArgumentException for a topic that is not there
   */
  public Map<String, String> ids(Collection<String> topics) {
    Map<String, String> ids = new TreeMap<>();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
        admin.describeTopics(topics).topicNameValues().entrySet()) {
      try {
        Uuid id = answer(topic.getValue()).topicId();
        if (id != null && !id.equals(Uuid.ZERO_UUID)) {
          ids.put(topic.getKey(), id.toString());
        }
      } catch (NotThereException e) {
        throw missing(topic.getKey());
      }
    }

    return ids;
  }

  private Map<TopicPartition, Long> times(List<TopicPartition> partitions, Instant time) {
    return offsets(partitions, OffsetSpec.forTimestamp(time.toEpochMilli()));
  }

  /** Offsets as a reader of committed records sees them; -1 where no record is that young. */
  private Map<TopicPartition, Long> offsets(List<TopicPartition> partitions, OffsetSpec spec) {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    partitions.forEach(partition -> asked.put(partition, spec));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    Map<TopicPartition, ListOffsetsResultInfo> answers;
    try {
      answers =
          answer(
              admin
                  .listOffsets(asked, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                  .all());
    } catch (NotThereException e) {
      throw new IllegalStateException(
          "a topic was removed from " + config.bootstrapServers() + " a moment ago; run it again");
    }

    answers.forEach((partition, info) -> offsets.put(partition, info.offset()));
    return offsets;
  }

  private <T> T answer(KafkaFuture<T> question) {
    return answer(question, KafkaConfig.RESTART_MILLIS);
  }

  private <T> T answer(KafkaFuture<T> question, int waitMillis) {
    try {
      return question.get(2L * waitMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for an answer of the brokers", e);
    } catch (java.util.concurrent.TimeoutException e) {
      throw unreachable(waitMillis);
    } catch (ExecutionException e) {
      Throwable failure = Objects.requireNonNullElse(e.getCause(), e);
      if (failure instanceof TimeoutException || failure instanceof DisconnectException) {
        throw unreachable(waitMillis);
      }

      if (failure instanceof UnknownTopicOrPartitionException) {
        throw new NotThereException();
      }

      throw new IllegalStateException(
          config.bootstrapServers() + " refused: " + KafkaFailures.reason(failure, config));
    }
  }

  private UnreachableBrokerException unreachable(int waitedMillis) {
    return new UnreachableBrokerException(
        "no broker answers at %s within %d s; are address, port and client properties right?"
            .formatted(config.bootstrapServers(), waitedMillis / 1000));
  }

  @Override
  public void close() {
    admin.close(CLOSE);
  }

  /** The topic asked for does not exist. */
  private static final class NotThereException extends RuntimeException {

    private static final long serialVersionUID = 1;
  }
}
