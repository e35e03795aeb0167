package org.anabranch.transforms.parse;

import java.util.List;
import java.util.Map;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.jspecify.annotations.Nullable;

/**
 * Parses lines and records into encoded changes, batched by table and bucket. Never fails on bad
 * input. The time is that of one pass over the bytes; about 64 KiB per bucket are held. Not
 * thread-safe.
 */
public final class ChangeLines {

  private final ChangeCollector collector;
  private final ChangeParser parser;
  private long size;

  /**
   * Parser of one bundle after the other.
   *
   * @param config how records become changes
   * @param recordedAtMicros when the run was launched, noted with dead letters
   * @param receiver takes batches as they fill up
   */
  public ChangeLines(ParseConfig config, long recordedAtMicros, ChangeCollector.Receiver receiver) {
    collector = new ChangeCollector(config.buckets(), recordedAtMicros, receiver);
    parser = new ChangeParser(config, collector);
  }

  /**
   * Parses whole lines, each ended by a line feed (the last one perhaps not).
   *
   * @param log file the lines are from
   * @param offset byte offset of the first line in the uncompressed file
   * @param bytes buffer with the lines
   * @param from index of the first byte
   * @param to index behind the last byte
   */
  public void parse(String log, long offset, byte[] bytes, int from, int to) {
    size += to - from;
    int at = from;
    while (at < to) {
      int end = LineEnds.next(bytes, at, to);
      parser.parse(log, 0, offset + (at - from), bytes, at, end - at);
      at = end + 1;
    }
  }

  /**
   * Parses one record of a log. It means what the line with the same topic, partition, offset,
   * timestamp, key, value and headers means, except that a key that is no JSON counts as absent.
   *
   * @param timestampMillis time the log has for it, milliseconds since the epoch; null without
   * @param key JSON, with or without its schema; null where there is none
   * @param value JSON of an event or a row; null for a tombstone
   */
  public void record(
      String topic,
      int partition,
      long offset,
      @Nullable Long timestampMillis,
      byte @Nullable [] key,
      byte @Nullable [] value,
      RecordHeaders headers) {
    size += (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
    parser.parseRecord(topic, partition, offset, timestampMillis, key, value, headers);
  }

  /** Hands over all that is left and tells what the bundle saw. */
  public RunReport finish() {
    TableReport read = TableReport.counting("", Map.of(TableReport.BYTES, size));
    size = 0;
    return collector.finish().join(RunReport.of(List.of(read)));
  }
}
