package org.anabranch.lake;

import java.io.Serializable;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.anabranch.model.Internal;
import org.anabranch.model.Values;
import org.anabranch.transforms.archive.LogRecord;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.jspecify.annotations.Nullable;

/**
 * Records of an archive. A record without a time is in where neither instant is given.
 *
 * @param topics their topics
 * @param from first time; null: any
 * @param to time before which they are; null: any
 */
@Internal
public record ArchiveSelection(Set<String> topics, @Nullable Instant from, @Nullable Instant to)
    implements Serializable {

  public ArchiveSelection {
    topics = new TreeSet<>(topics);
  }

  Expression expression() {
    Expression all = Expressions.in("topic", topics.toArray());
    if (from != null) {
      all = Expressions.and(all, Expressions.greaterThanOrEqual("timestamp", micros(from)));
    }

    return to == null ? all : Expressions.and(all, Expressions.lessThan("timestamp", micros(to)));
  }

  private static long micros(Instant instant) {
    return Values.micros(instant);
  }

  boolean contains(LogRecord record) {
    Long millis = record.timestampMillis();
    if (from == null && to == null) {
      return topics.contains(record.topic());
    }

    if (millis == null) {
      return false;
    }

    Instant time = Instant.ofEpochMilli(millis);
    return topics.contains(record.topic())
        && (from == null || !time.isBefore(from))
        && (to == null || time.isBefore(to));
  }
}
