package org.anabranch.transforms.parse;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.anabranch.model.Internal;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.jspecify.annotations.Nullable;

/**
 * Parses lines and records into encoded changes, batched by table and bucket. Never fails on bad
 * input: what the parser itself fails on is a dead letter too. The time is that of one pass over
 * the bytes; about 64 KiB per bucket are held. Not thread-safe.
 */
@Internal
public final class ChangeLines {

  private static final byte[] NOTHING = {};

  private final ParseConfig config;
  private final ChangeCollector collector;
  private final int maxBytes;
  private ChangeParser parser;
  private long size;

  /**
   * Parser of one bundle after the other.
   *
   * @param config how records become changes
   * @param recordedAtMicros when the run was launched, noted with dead letters
   * @param receiver takes batches as they fill up
   */
  public ChangeLines(ParseConfig config, long recordedAtMicros, ChangeCollector.Receiver receiver) {
    this.config = config;
    maxBytes = config.limits().maxLineBytes();
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
    collector.ofLine();
    int at = from;
    while (at < to) {
      int end = LineEnds.next(bytes, at, to);
      line(log, offset + (at - from), bytes, at, end - at);
      at = end + 1;
    }
  }

  private void line(String log, long offset, byte[] bytes, int from, int length) {
    if (length > maxBytes) {
      CutRecord line = new CutRecord();
      line.add(bytes, from, from + length);
      tooLong("line", log, 0, offset, line);
      return;
    }

    long known = collector.records();
    try {
      parser.parse(log, 0, offset, bytes, from, length);
    } catch (RuntimeException | StackOverflowError failure) {
      if (collector.records() != known) {
        throw failure;
      }

      unprocessable(failure, log, 0, offset, bytes, from, length);
    }

    renew();
  }

  /**
   * Takes a line that is longer than may be.
   *
   * @param offset as of {@link #parse(String, long, byte[], int, int)}
   */
  public void tooLong(String log, long offset, CutRecord line) {
    collector.ofLine();
    size += line.length();
    tooLong("line", log, 0, offset, line);
  }

  private void tooLong(String what, String log, long partition, long offset, CutRecord record) {
    String detail =
        "the %s has %d bytes, more than %d (--max-line)".formatted(what, record.length(), maxBytes);
    collector.tooLarge(detail, log, partition, offset, record);
  }

  /** The parser has failed on a record before it handed anything over. */
  private void unprocessable(
      Throwable failure,
      String log,
      long partition,
      long offset,
      byte[] bytes,
      int from,
      int length) {
    parser = new ChangeParser(config, collector);
    collector.dead(
        null,
        DeadLetterReason.UNPROCESSABLE,
        "the parser failed: " + failure.getClass().getSimpleName(),
        new RawRecord(log, partition, offset, 0, ByteBuffer.wrap(bytes, from, length)));
  }

  private void renew() {
    if (parser.isWorn()) {
      parser = new ChangeParser(config, collector);
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
    size += length(key) + length(value);
    collector.ofRecord(key, timestampMillis, headers);
    if (length(key) > maxBytes || length(value) > maxBytes) {
      byte[] longest = Objects.requireNonNull(length(value) > maxBytes ? value : key);
      CutRecord record = new CutRecord();
      record.add(longest, 0, longest.length);
      tooLong(longest == value ? "value" : "key", topic, partition, offset, record);
      return;
    }

    long known = collector.records();
    try {
      parser.parseRecord(topic, partition, offset, timestampMillis, key, value, headers);
    } catch (RuntimeException | StackOverflowError failure) {
      if (collector.records() != known) {
        throw failure;
      }

      // The headers may be what it failed on.
      collector.ofRecord(key, timestampMillis, RecordHeaders.NONE);
      byte[] raw = value == null ? Objects.requireNonNullElse(key, NOTHING) : value;
      unprocessable(failure, topic, partition, offset, raw, 0, raw.length);
    }

    renew();
  }

  /**
   * Reads a dead letter again, at its place; where that goes well it is resolved.
   *
   * @param corrected bytes to read in its place; null for those that are kept, which of a tombstone
   *     are its key
   * @param run that does so
   * @return whether it is resolved
   */
  public boolean again(DeadLetter letter, byte @Nullable [] corrected, String run) {
    byte[] raw = corrected == null ? letter.raw() : corrected;
    long known = collector.deadRecords();
    if (letter.isRecord()) {
      record(
          letter.log(),
          (int) letter.partition(),
          letter.offset(),
          letter.logTimeMillis(),
          letter.recordKey(),
          corrected == null && Arrays.equals(raw, letter.recordKey()) ? null : raw,
          letter.headers());
    } else {
      parse(letter.log(), letter.offset(), raw, 0, raw.length);
    }

    boolean isResolved = collector.deadRecords() == known;
    if (isResolved) {
      collector.resolved(letter, run);
    }

    return isResolved;
  }

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  /** Hands over all that is left and tells what the bundle saw. */
  public RunReport finish() {
    TableReport read = TableReport.counting("", Map.of(TableReport.BYTES, size));
    size = 0;
    return collector.finish().join(RunReport.of(List.of(read)));
  }
}
