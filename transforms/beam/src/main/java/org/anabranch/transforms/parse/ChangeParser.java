package org.anabranch.transforms.parse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.anabranch.model.Position;
import org.anabranch.model.PrintableText;
import org.anabranch.model.Type;
import org.anabranch.transforms.parse.RecordReader.Form;
import org.anabranch.transforms.parse.RecordReader.Pass;
import org.anabranch.transforms.source.TableFacts;
import org.jspecify.annotations.Nullable;

/**
 * Parses raw records, each one line of JSON or a record of a log, into encoded changes. Every
 * record ends in exactly one call of the output. One pass over the bytes of a record, and no object
 * per value. A parser that threw, or {@link #isWorn}, is to be replaced. Not thread-safe.
 */
final class ChangeParser {

  private static final String NO_KEY = "the event has no key";

  private static final int MAX_COLUMNS_SHOWN = 20;
  private static final String HEARTBEAT_TOPIC = "__debezium-heartbeat";
  private static final byte[] NOTHING = {};

  private static final String TOO_DEEP = "nested deeper than " + Limits.MAX_NESTING + " levels";

  /** How the parser of JSON begins to say so. */
  private static final String NO_UTF_8 = "Invalid UTF-8";

  /** Names that are data would fill the memory: some megabytes. */
  private static final int MAX_NAMES = 50_000;

  private static final int RECORDS_BETWEEN_LOOKS = 256;

  /** Buffers grow with the longest record and stay. */
  private static final int LONG_RECORD = 8 << 20;

  private final ParseConfig config;
  private final ChangeOutput out;
  private final RowsTables rowsTables;
  private final UnwrappedRows unwrapped = new UnwrappedRows();
  private final RecordReader record;
  private final ChangeEvent event;
  private final Routing routing;
  private final ImageEncoder images;
  private final KeyBuilder keys;
  private final KeyBuilder oldKeys;
  private final RawRow noRow = new RawRow(new Shapes(1));
  private final Map<String, TableTypes> tables = new HashMap<>();

  private int records;
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
    Routes routes = new Routes(config.routes());
    rowsTables = new RowsTables(config, routes);
    record = new RecordReader(rowsTables, config.limits());
    event = record.event();
    routing = new Routing(routes, record, out);
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

  /** Whether the parser holds more memory than a new one is worth; asked after each record. */
  boolean isWorn() {
    records++;
    return length > LONG_RECORD
        || (records % RECORDS_BETWEEN_LOOKS == 0 && record.names() > MAX_NAMES);
  }

  /** Reads the record; where that fails, reports it as dead. */
  private boolean isRead() {
    try {
      read();
      return true;
    } catch (StreamConstraintsException e) {
      dead(null, DeadLetterReason.TOO_DEEP, TOO_DEEP + record.place());
    } catch (JsonProcessingException e) {
      long at = e.getLocation() == null ? -1 : e.getLocation().getByteOffset();
      boolean isFragment = !isRecord && NotAnEvent.isFragment(line, from, length);
      boolean isText = !e.getOriginalMessage().startsWith(NO_UTF_8);
      dead(
          null,
          DeadLetterReason.INVALID_JSON,
          (isText ? "no valid JSON at byte " : "no valid UTF-8 at byte ")
              + at
              + record.place()
              + (isFragment && isText ? ": a record must be on one line" : ""));
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
    routing.takeTopic();
    switch (record.form()) {
      case EVENT -> change(topicTable);
      case ROW -> row(topicTable);
      case TOMBSTONE -> tombstone(topicTable);
      case OTHER ->
          notAnEvent(
              topicTable,
              NotAnEvent.isListOfObjects(line, from, length)
                  ? "a list of objects: each record must be a line of its own"
                  : "the value is neither an object nor null");
    }
  }

  private void change(String topicTable) {
    String notAChange = reasonToIgnore();
    if (notAChange != null) {
      out.ignored(null, notAChange);
      return;
    }

    if (event.op() == ChangeEvent.NO_OP) {
      deadObject(topicTable);
      return;
    }

    String name = event.source().table().isEmpty() ? topicTable : routing.takeSource();
    if (name.isBlank() && !routing.isRouted()) {
      dead(null, DeadLetterReason.NOT_AN_EVENT, "the event names no table");
      return;
    }

    if (!TableNames.isFree(name) || config.taken().contains(name)) {
      deadTable(name);
      return;
    }

    TableTypes table = table(name);
    if (table == null) {
      out.ignored(name, ChangeOutput.OTHER_TABLE);
      return;
    }

    switch (event.op()) {
      case 'c', 'r', 'u', 'd', 't' -> change(table);
      default ->
          dead(table, DeadLetterReason.UNKNOWN_OP, "the operation must be one of c, r, u, d, t, m");
    }
  }

  private void change(TableTypes table) {
    Position position = position();
    if (position == null) {
      deadPosition(table);
      return;
    }

    switch (event.op()) {
      case 'd' -> delete(table, position);
      case 't' -> truncate(table, position);
      default -> image(table, position, timeMicros());
    }
  }

  private void deadPosition(TableTypes table) {
    SourceBlock source = event.source();
    String numbers =
        source.order() == SourceBlock.Order.POSTGRESQL ? "lsn and sequence" : "file and pos";
    dead(
        table,
        DeadLetterReason.UNUSABLE_POSITION,
        "a change of " + source.connector() + " needs a readable position: " + numbers);
  }

  /** Tells who made the change that was just handed over. */
  private void source(TableTypes table) {
    SourceBlock source = event.source();
    if (routing.isRouted()) {
      out.fact(table.name(), TableFacts.ROUTED, TableFacts.ROUTED);
    }

    switch (source.order()) {
      case NONE -> out.fact(table.name(), TableFacts.SOURCE, TableFacts.NO_SOURCE);
      case UNKNOWN -> {
        out.fact(table.name(), TableFacts.SOURCE, source.source());
        out.fact(table.name(), TableFacts.UNKNOWN_ORDER, source.connector());
      }
      default -> out.fact(table.name(), TableFacts.SOURCE, source.source());
    }

    if (!source.numberedBy().isEmpty()) {
      out.server(table.name(), source.numberedBy());
    }
  }

  /** Reports an object without an operation; what it looks like is read again, as it is rare. */
  private void deadObject(String topicTable) {
    long time = timeMicros();
    String detail;
    try {
      read(isRecord || record.isWrapped() ? Pass.ROW_VALUE : Pass.ROW_LINE);
      detail = NotAnEvent.detail(event.after().shape(), topicTable, rowsTables);
    } catch (IOException e) {
      detail = "the object has no operation";
    }

    if (isOfAnotherTable(topicTable)) {
      out.ignored(topicTable, ChangeOutput.OTHER_TABLE);
      return;
    }

    dead(null, DeadLetterReason.NOT_AN_EVENT, detail, time);
  }

  private void notAnEvent(String topicTable, String detail) {
    if (isOfAnotherTable(topicTable)) {
      out.ignored(topicTable, ChangeOutput.OTHER_TABLE);
    } else {
      dead(null, DeadLetterReason.NOT_AN_EVENT, detail);
    }
  }

  /** Whether a record that is no event is of a topic that only tables are read of, without it. */
  private boolean isOfAnotherTable(String topicTable) {
    return config.others() == ParseConfig.Others.IGNORE
        && !topicTable.isBlank()
        && !routing.isRouted()
        && TableNames.isFree(topicTable)
        && table(topicTable) == null;
  }

  private void truncate(TableTypes table, Position position) {
    if (routing.isShard()) {
      dead(
          table,
          DeadLetterReason.TRUNCATE_OF_A_SHARD,
          "the route of the table puts others into it, whose rows would be gone as well");
      return;
    }

    out.truncate(table.name(), position, timeMicros());
    source(table);
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

  /** Position of the change; null where its source has an order and the event no place in it. */
  private @Nullable Position position() {
    if (config.tombstones() == ParseConfig.Tombstones.DELETE) {
      return coordinate();
    }

    return switch (event.source().order()) {
      case NONE, UNKNOWN -> coordinate();
      case POSTGRESQL, BINARY_LOG ->
          event.source().position(event.totalOrder(), log, partition, offset);
    };
  }

  /** Position of a change without an order of its source: the time in the log, then the place. */
  private Position coordinate() {
    return new Position("", hasTimestamp() ? timestamp : 0, 0, 0, log, partition, offset);
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
      row.add(logTime, Instant.ofEpochMilli(timestamp).toString());
    }

    if (row.kind() != RawRow.Kind.OBJECT) {
      image(table, coordinate(), 0);
      return;
    }

    routing.addColumns();
    if (table.isOfFacts()) {
      imageOfRow(table, coordinateOfFact(), 0);
    } else {
      mutableRow(table, row);
    }
  }

  /** A row that may have been taken out of its envelope, which then says what happened to it. */
  private void mutableRow(TableTypes table, RawRow row) {
    boolean isPlaced = unwrapped.readSource(row, event.source());
    Position position = isPlaced ? position() : coordinate();
    if (position == null) {
      deadPosition(table);
      return;
    }

    long timeMicros = unwrapped.timeMicros(row);
    if (!unwrapped.isDeleted(row)) {
      row.narrow(unwrapped.stored(row));
      imageOfRow(table, position, timeMicros);
      return;
    }

    routing.splitKey(table, record.key(), row.shape());
    if (buildKey(table, DeadLetterReason.DELETE_WITHOUT_KEY)) {
      List<String> columns = KeyBuilder.columns(table, record.key());
      out.delete(table.name(), position, timeMicros, keys.key(), columns);
    }
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

    routing.addColumns();
    imageOfRow(table, position, timeMicros);
  }

  private void imageOfRow(TableTypes table, Position position, long timeMicros) {
    if (isKeyLacking(table) || !isStorable(table)) {
      return;
    }

    RawRow after = event.after();
    routing.splitKey(table, record.key(), after.shape());
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
        new RowImage(
            keys.key(),
            keyColumns,
            plan.shape().columns(),
            images.types(plan),
            ByteBuffer.wrap(images.values().buffer(), 0, images.values().size())));
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

    facts(table);
  }

  /** Tells what the change that was just handed over says of its table. */
  private void facts(TableTypes table) {
    source(table);
    if (table.key().isEmpty() && record.key().kind() == RawRow.Kind.OBJECT) {
      out.fact(table.name(), TableFacts.KEY, record.key().shape().sortedText());
    }
  }

  /** Whether a table can have the columns of the record; where not, reports it as dead. */
  private boolean isStorable(TableTypes table) {
    RawRow after = event.after();
    RawRow key = record.key();
    if (after.isTooWide() || key.isTooWide()) {
      int most = config.limits().maxColumns();
      dead(table, DeadLetterReason.TOO_LARGE, "more than " + most + " columns (--max-columns)");
      return false;
    }

    if (after.isTooDeep() || key.isTooDeep()) {
      dead(table, DeadLetterReason.TOO_DEEP, TOO_DEEP);
      return false;
    }

    String fault = after.shape().nameFault();
    if (fault == null && table.key().isEmpty()) {
      fault = key.shape().nameFault();
    }

    if (fault != null) {
      dead(table, DeadLetterReason.UNUSABLE_COLUMN_NAME, fault);
    }

    return fault == null;
  }

  private void deadTable(String name) {
    dead(
        null,
        DeadLetterReason.UNUSABLE_TABLE_NAME,
        "no table can have the name `" + ColumnNames.shown(name) + "`");
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

    routing.splitKey(table, oldKey, event.after().shape());
    KeyBuilder.Result result = oldKeys.build(table, oldKey, noRow, noRow);
    return result == KeyBuilder.Result.BUILT ? oldKeys.key().toByteArray() : null;
  }

  private void delete(TableTypes table, Position position) {
    boolean isShapeKnown = event.beforeShape() != null && !routing.isShard();
    if (event.hasBefore() && !isShapeKnown && routing.needsRow(table)) {
      readBefore();
    }

    splitKeyOfDelete(table);
    if (!isStorable(table) || !buildKey(table, DeadLetterReason.DELETE_WITHOUT_KEY)) {
      return;
    }

    List<String> columns = KeyBuilder.columns(table, record.key());
    if (record.isMoved()) {
      out.move(table.name(), position, timeMicros(), keys.key(), columns);
    } else {
      out.delete(table.name(), position, timeMicros(), keys.key(), columns);
    }

    facts(table);
  }

  private void splitKeyOfDelete(TableTypes table) {
    routing.addColumns();
    boolean hasRow = event.before().kind() == RawRow.Kind.OBJECT;
    Shape row = hasRow ? event.before().shape() : event.beforeShape();
    routing.splitKey(table, record.key(), row == null ? Shape.EMPTY : row);
  }

  private void tombstone(String topicTable) {
    if (config.tombstones() == ParseConfig.Tombstones.IGNORE) {
      out.ignored(topicTable.isEmpty() ? null : topicTable, ChangeOutput.TOMBSTONE);
      return;
    }

    if (topicTable.isBlank() && !routing.isRouted()) {
      dead(null, DeadLetterReason.NOT_AN_EVENT, "a tombstone without a topic belongs to no table");
      return;
    }

    if (!TableNames.isFree(topicTable) || config.taken().contains(topicTable)) {
      deadTable(topicTable);
      return;
    }

    TableTypes table = table(topicTable);
    if (table == null) {
      out.ignored(topicTable, ChangeOutput.OTHER_TABLE);
      return;
    }

    routing.addColumns();
    routing.splitKey(table, record.key(), Shape.EMPTY);
    if (isStorable(table) && buildKey(table, DeadLetterReason.MISSING_KEY)) {
      out.delete(
          table.name(), coordinate(), 0, keys.key(), KeyBuilder.columns(table, record.key()));
    }
  }

  /** Builds the key; where that fails, reports the record as dead with {@code reason}. */
  private boolean buildKey(TableTypes table, DeadLetterReason reason) {
    if (isKeyLacking(table)) {
      return false;
    }

    KeyBuilder.Result result = keys.build(table, record.key(), event.after(), event.before());
    boolean mayBeBefore = !KeyBuilder.columns(table, record.key()).isEmpty();
    if (result == KeyBuilder.Result.MISSING && event.hasBefore() && mayBeBefore) {
      readBefore();
      splitKeyOfDelete(table);
      result = keys.build(table, record.key(), event.after(), event.before());
    }

    if (result == KeyBuilder.Result.BUILT) {
      return true;
    }

    deadKey(table, reason, result);
    return false;
  }

  /** Whether the table's key lacks what its route adds to it; reports the record as dead if so. */
  private boolean isKeyLacking(TableTypes table) {
    String column = routing.missingKeyColumn(table);
    if (column == null) {
      return false;
    }

    dead(
        table,
        DeadLetterReason.MISSING_KEY,
        "the key of the table must have column " + column + ", which its route adds to it");
    return true;
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

    dead(table, reason, column.isEmpty() ? noKey() : noKeyColumn(column));
  }

  private String noKey() {
    List<String> columns = columnsOfRow();
    return columns.isEmpty() ? NO_KEY : NO_KEY + "; columns are " + shown(columns);
  }

  private List<String> columnsOfRow() {
    Shape row =
        event.after().kind() == RawRow.Kind.OBJECT ? event.after().shape() : event.beforeShape();
    return row == null ? List.of() : row.columns();
  }

  private String noKeyColumn(String column) {
    List<String> columns = columnsOfRow();
    return columns.isEmpty() || columns.contains(column)
        ? "key column " + column + " must have a value"
        : "no column '%s'; columns are %s".formatted(column, shown(columns));
  }

  private static String shown(List<String> columns) {
    int most = Math.min(columns.size(), MAX_COLUMNS_SHOWN);
    String shown = String.join(", ", columns.subList(0, most));
    return most == columns.size() ? shown : shown + ", ...";
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
    boolean isUnread =
        reason == DeadLetterReason.INVALID_JSON
            || (reason == DeadLetterReason.TOO_DEEP && table == null);
    dead(table, reason, detail, isUnread ? 0 : timeMicros());
  }

  private void dead(
      @Nullable TableTypes table, DeadLetterReason reason, String detail, long timeMicros) {
    String name = table == null ? null : table.name();
    String text = PrintableText.of(detail);
    ByteBuffer bytes = ByteBuffer.wrap(line, from, length);
    out.dead(name, reason, text, new RawRecord(log, partition, offset, timeMicros, bytes));
  }
}
