package org.anabranch.transforms.parse;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.anabranch.model.Position;
import org.anabranch.model.Type;
import org.anabranch.transforms.parse.RecordReader.Form;
import org.anabranch.transforms.parse.RecordReader.Pass;
import org.jspecify.annotations.Nullable;

/**
 * Parses raw records, each one line of JSON or a record of a log, into encoded changes. Every
 * record ends in exactly one call of the output; no input makes it throw. One pass over the bytes
 * of a record, and no object per value. Not thread-safe.
 */
final class ChangeParser {

  private static final String HEARTBEAT_TOPIC = "__debezium-heartbeat";
  private static final byte[] NOTHING = {};

  private final ParseConfig config;
  private final ChangeOutput out;
  private final RowsTables rowsTables;
  private final RecordReader record;
  private final ChangeEvent event;
  private final ImageEncoder images;
  private final KeyBuilder keys;
  private final KeyBuilder oldKeys;
  private final RawRow noRow = new RawRow(new Shapes());
  private final Map<String, TableTypes> tables = new HashMap<>();

  private boolean isRecord;
  private byte @Nullable [] recordKey;
  private byte @Nullable [] recordValue;
  private RecordHeaders recordHeaders = RecordHeaders.NONE;
  private byte[] line = {};
  private int from;
  private int length;
  private String log = "";
  private long partition;
  private long offset;
  private long timestamp = SourceBlock.NO_TIME;

  /**
   * @throws IllegalArgumentException for a declared type that does not exist
   */
  ChangeParser(ParseConfig config, ChangeOutput out) {
    this.config = config;
    this.out = out;
    rowsTables = new RowsTables(config);
    record = new RecordReader(rowsTables);
    event = record.event();
    ValueConverter converter = new ValueConverter();
    UnavailableValues unavailable = new UnavailableValues(config.unavailableValue());
    images = new ImageEncoder(converter, unavailable);
    keys = new KeyBuilder(converter, unavailable);
    oldKeys = new KeyBuilder(converter, unavailable);
    config.tables().forEach((name, spec) -> tables.put(name, new TableTypes(spec)));
  }

  /**
   * Parses one record.
   *
   * @param recordLog file (or topic) the record was read from
   * @param recordPartition its partition; 0 for a file
   * @param recordOffset where it begins there; the three are overruled by a topic and an offset
   *     within the record
   * @param bytes buffer with the record
   */
  void parse(
      String recordLog,
      long recordPartition,
      long recordOffset,
      byte[] bytes,
      int start,
      int size) {
    log = recordLog;
    partition = recordPartition;
    offset = recordOffset;
    isRecord = false;
    line = bytes;
    from = start;
    length = size;
    if (isBlank()) {
      out.ignored(null, ChangeOutput.BLANK);
      return;
    }

    if (!isRead()) {
      return;
    }

    timestamp = record.timestamp();
    if (record.hasCoordinate()) {
      log = record.topic();
      partition = record.partition();
      offset = record.offset();
    }

    emit();
  }

  /**
   * Parses one record of a log whose key, value and headers are apart.
   *
   * @param key null where there is none
   * @param value null for a tombstone
   * @param timestampMillis time the log has for it; null where it has none
   */
  void parseRecord(
      String topic,
      long recordPartition,
      long recordOffset,
      @Nullable Long timestampMillis,
      byte @Nullable [] key,
      byte @Nullable [] value,
      RecordHeaders headers) {
    log = topic;
    partition = recordPartition;
    offset = recordOffset;
    timestamp = timestampMillis == null ? SourceBlock.NO_TIME : timestampMillis;
    isRecord = true;
    recordKey = key;
    recordValue = value;
    recordHeaders = headers;
    line = value == null ? Objects.requireNonNullElse(key, NOTHING) : value;
    from = 0;
    length = line.length;
    if (isRead()) {
      emit();
    }
  }

  /** Reads the record; where that fails, reports it as dead. */
  private boolean isRead() {
    try {
      read();
      return true;
    } catch (JsonProcessingException e) {
      long at = e.getLocation() == null ? -1 : e.getLocation().getByteOffset();
      dead(null, DeadLetterReason.INVALID_JSON, "no valid JSON at byte " + at + record.place());
    } catch (IOException e) {
      dead(null, DeadLetterReason.INVALID_JSON, "no valid UTF-8" + record.place());
    }

    return false;
  }

  private boolean isBlank() {
    for (int i = from; i < from + length; i++) {
      byte c = line[i];
      if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
        return false;
      }
    }

    return true;
  }

  private void read() throws IOException {
    read(Pass.FIRST);
    if (isRecord) {
      return;
    }

    if (record.form() == Form.ROW && !record.isWrapped() && record.rowLooksLikeEvent()) {
      record.read(line, from, length, Pass.EVENT);
    }

    if (rowsTables.isEmpty()) {
      return;
    }

    boolean mayBeRow = record.form() == Form.EVENT && event.op() == ChangeEvent.NO_OP;
    if (record.form() == Form.EVENT && rowsTables.contains(record.topic())) {
      record.read(line, from, length, Pass.ROW_VALUE);
    } else if (mayBeRow && isRowOfTheOnlyTable()) {
      record.read(line, from, length, record.isWrapped() ? Pass.ROW_VALUE : Pass.ROW_LINE);
    }
  }

  private void read(Pass pass) throws IOException {
    if (isRecord) {
      record.readRecord(log, recordKey, recordValue, recordHeaders, pass);
    } else {
      record.read(line, from, length, pass);
    }
  }

  private boolean isRowOfTheOnlyTable() {
    return rowsTables.only() != null
        && record.topic().isEmpty()
        && !event.isTransaction()
        && !event.isSchemaChange()
        && !event.isHeartbeat();
  }

  private void emit() {
    String topicTable = rowsTables.tableOf(record.topic());
    switch (record.form()) {
      case EVENT -> change(topicTable);
      case ROW -> row(topicTable);
      case TOMBSTONE -> tombstone(topicTable);
      case OTHER ->
          dead(null, DeadLetterReason.NOT_AN_EVENT, "the value is neither an object nor null");
    }
  }

  private void change(String topicTable) {
    String notAChange = reasonToIgnore();
    if (notAChange != null) {
      out.ignored(null, notAChange);
      return;
    }

    if (event.op() == ChangeEvent.NO_OP) {
      dead(null, DeadLetterReason.NOT_AN_EVENT, "the object has no operation");
      return;
    }

    String sourceTable = event.source().table();
    String name = sourceTable.isEmpty() ? topicTable : sourceTable;
    if (name.isBlank()) {
      dead(null, DeadLetterReason.NOT_AN_EVENT, "the event names no table");
      return;
    }

    if (!TableNames.isFree(name) || config.taken().contains(name)) {
      dead(null, DeadLetterReason.UNUSABLE_TABLE_NAME, "no table can have the name of this one");
      return;
    }

    TableTypes table = table(name);
    if (table == null) {
      out.ignored(name, ChangeOutput.OTHER_TABLE);
      return;
    }

    switch (event.op()) {
      case 'c', 'r', 'u' -> image(table, position(), timeMicros());
      case 'd' -> delete(table);
      case 't' -> out.truncate(table.name(), position(), timeMicros());
      default ->
          dead(table, DeadLetterReason.UNKNOWN_OP, "the operation must be one of c, r, u, d, t, m");
    }
  }

  private @Nullable String reasonToIgnore() {
    if (event.op() == 'm') {
      return ChangeOutput.MESSAGE;
    }

    if (event.op() != ChangeEvent.NO_OP) {
      return null;
    }

    if (record.topic().startsWith(HEARTBEAT_TOPIC) || event.isHeartbeat()) {
      return ChangeOutput.HEARTBEAT;
    }

    if (event.isTransaction()) {
      return ChangeOutput.TRANSACTION;
    }

    return event.isSchemaChange() ? ChangeOutput.SCHEMA_CHANGE : null;
  }

  /** What is known of a table; null where it is not to be read. */
  private @Nullable TableTypes table(String name) {
    TableTypes known = tables.get(name);
    if (known != null || config.others() == ParseConfig.Others.IGNORE) {
      return known;
    }

    TableTypes added = new TableTypes(TableSpec.named(name));
    tables.put(name, added);
    return added;
  }

  private Position position() {
    return config.tombstones() == ParseConfig.Tombstones.DELETE
        ? coordinate()
        : event.source().position(log, partition, offset);
  }

  private Position coordinate() {
    return new Position("", 0, 0, 0, log, partition, offset);
  }

  private long timeMicros() {
    long micros = event.source().timeMicros();
    if (micros == SourceBlock.NO_TIME) {
      micros = SourceBlock.micros(event.millis());
    }

    return micros == SourceBlock.NO_TIME ? 0 : micros;
  }

  private void row(String topicTable) {
    String name = record.topic().isEmpty() ? Objects.requireNonNull(rowsTables.only()) : topicTable;
    TableTypes table = Objects.requireNonNull(tables.get(name));
    String logTime = table.logTimeColumn();
    RawRow row = event.after();
    if (!logTime.isEmpty() && row.kind() == RawRow.Kind.OBJECT && hasTimestamp()) {
      row.add(logTime, Instant.ofEpochMilli(timestamp));
    }

    image(table, table.isOfFacts() ? coordinateOfFact() : coordinate(), 0);
  }

  private boolean hasTimestamp() {
    return SourceBlock.micros(timestamp) != SourceBlock.NO_TIME;
  }

  /** Position that is the greater the earlier the record stands in its log. */
  private Position coordinateOfFact() {
    return new Position("", -partition, -offset, 0, log, partition, offset);
  }

  private void image(TableTypes table, Position position, long timeMicros) {
    RawRow after = event.after();
    if (after.kind() != RawRow.Kind.OBJECT) {
      dead(table, DeadLetterReason.MISSING_IMAGE, "the event has no row after the change");
      return;
    }

    KeyBuilder.Result key = keys.buildOfImage(table, record.key(), after);
    if (key != KeyBuilder.Result.BUILT) {
      deadKey(table, DeadLetterReason.MISSING_KEY, key);
      return;
    }

    byte[] oldKey = oldKey(table);
    List<String> keyColumns = KeyBuilder.columns(table, record.key());
    ImagePlan plan = table.plan(after, keyColumns);
    ImageEncoder.Result result = images.encode(after, plan, oldKey);
    if (result != ImageEncoder.Result.ENCODED) {
      deadImage(table, plan, result);
      return;
    }

    out.image(
        table.name(),
        position,
        timeMicros,
        keys.key(),
        keyColumns,
        plan.shape().columns(),
        images.types(plan),
        images.values().buffer(),
        0,
        images.values().size());
    if (!plan.leftOut().isEmpty()) {
      out.leftOut(table.name(), plan.leftOut());
    }

    images.widened().forEach(widened -> out.noted(table.name(), note(plan, widened)));
    if (after.hasHalfSurrogates()) {
      out.noted(table.name(), "half of a surrogate pair: stored as U+FFFD");
    }

    if (oldKey != null && images.hasCarried()) {
      out.carried(table.name(), position, timeMicros, oldKey, keys.key().toByteArray());
    }
  }

  private static String note(ImagePlan plan, ImageEncoder.Widened widened) {
    ColumnType type = plan.type(widened.column());
    Type held = type.type() == null ? Type.NULL : type.type();
    return "`%s`: values that %s cannot hold: column is %s"
        .formatted(
            plan.shape().columns().get(widened.column()),
            type,
            name(held.join(widened.type()).plain()));
  }

  /** Without the digits of a decimal, which depend on the values. */
  private static String name(Type type) {
    return switch (type.kind()) {
      case DECIMAL -> "decimal";
      case STRING -> "text";
      default -> type.toString();
    };
  }

  private void deadImage(TableTypes table, ImagePlan plan, ImageEncoder.Result result) {
    int column = images.failedColumn();
    if (result == ImageEncoder.Result.MISSING) {
      String missing = column < 0 ? plan.missing() : plan.shape().columns().get(column);
      dead(table, DeadLetterReason.MISSING_COLUMN, "column " + missing + " must have a value");
      return;
    }

    String name = plan.shape().columns().get(column);
    KeptType kept = plan.kept(column);
    String value = ShownValue.of(event.after().value(plan.shape().slot(column)));
    dead(
        table,
        DeadLetterReason.WRONG_TYPE,
        kept == null
            ? "column %s must be %s, but is %s; declared with --columns=%s"
                .formatted(name, plan.type(column), value, table.declaration(name))
            : "column %s must be %s, as it is stored, but is %s".formatted(name, kept, value));
  }

  /** Key of the row whose primary key became this one; null where it did not change. */
  private byte @Nullable [] oldKey(TableTypes table) {
    RawRow oldKey = record.oldKey();
    if (oldKey.kind() == RawRow.Kind.ABSENT) {
      return null;
    }

    KeyBuilder.Result result = oldKeys.build(table, oldKey, noRow, noRow);
    return result == KeyBuilder.Result.BUILT ? oldKeys.key().toByteArray() : null;
  }

  private void delete(TableTypes table) {
    if (!buildKey(table, DeadLetterReason.DELETE_WITHOUT_KEY)) {
      return;
    }

    List<String> columns = KeyBuilder.columns(table, record.key());
    if (record.isMoved()) {
      out.move(table.name(), position(), timeMicros(), keys.key(), columns);
    } else {
      out.delete(table.name(), position(), timeMicros(), keys.key(), columns);
    }
  }

  private void tombstone(String topicTable) {
    if (config.tombstones() == ParseConfig.Tombstones.IGNORE) {
      out.ignored(topicTable.isEmpty() ? null : topicTable, ChangeOutput.TOMBSTONE);
      return;
    }

    if (topicTable.isBlank()) {
      dead(null, DeadLetterReason.NOT_AN_EVENT, "a tombstone without a topic belongs to no table");
      return;
    }

    if (!TableNames.isFree(topicTable) || config.taken().contains(topicTable)) {
      dead(null, DeadLetterReason.UNUSABLE_TABLE_NAME, "no table can have the name of this one");
      return;
    }

    TableTypes table = table(topicTable);
    if (table == null) {
      out.ignored(topicTable, ChangeOutput.OTHER_TABLE);
      return;
    }

    if (buildKey(table, DeadLetterReason.MISSING_KEY)) {
      out.delete(
          table.name(), coordinate(), 0, keys.key(), KeyBuilder.columns(table, record.key()));
    }
  }

  /** Builds the key; where that fails, reports the record as dead with {@code reason}. */
  private boolean buildKey(TableTypes table, DeadLetterReason reason) {
    KeyBuilder.Result result = keys.build(table, record.key(), event.after(), event.before());
    boolean mayBeBefore = !KeyBuilder.columns(table, record.key()).isEmpty();
    if (result == KeyBuilder.Result.MISSING && event.hasBefore() && mayBeBefore) {
      readBefore();
      result = keys.build(table, record.key(), event.after(), event.before());
    }

    if (result == KeyBuilder.Result.BUILT) {
      return true;
    }

    deadKey(table, reason, result);
    return false;
  }

  private void deadKey(TableTypes table, DeadLetterReason reason, KeyBuilder.Result result) {
    String column = keys.failedColumn();
    if (result == KeyBuilder.Result.MISFIT) {
      ColumnType type = table.type(column, event.after().types());
      dead(table, DeadLetterReason.WRONG_TYPE, "key column " + column + " must be " + type);
      return;
    }

    if (result == KeyBuilder.Result.NO_KEY) {
      dead(table, DeadLetterReason.WRONG_TYPE, noKey(table.name(), column, keys.failedKind()));
      return;
    }

    String detail =
        column.isEmpty() ? "the event has no key" : "key column " + column + " must have a value";
    dead(table, reason, detail);
  }

  private static String noKey(String table, String column, String kind) {
    String detail = "key column " + column + " must be a number or text, but is " + kind;
    return kind.startsWith("a boolean")
        ? detail + "; declare it with --columns='" + table + ":" + column + " boolean'"
        : detail;
  }

  /** Reads the record again, with the row before the change, which is rarely needed. */
  private void readBefore() {
    try {
      read(Pass.WITH_BEFORE);
    } catch (IOException e) {
      throw new UncheckedIOException("a record that was read cannot be read again", e);
    }
  }

  private void dead(@Nullable TableTypes table, DeadLetterReason reason, String detail) {
    String name = table == null ? null : table.name();
    long timeMicros = reason == DeadLetterReason.INVALID_JSON ? 0 : timeMicros();
    out.dead(name, reason, detail, log, partition, offset, timeMicros, line, from, length);
  }
}
