package org.anabranch.transforms.parse;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.JsonText;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Position;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.anabranch.transforms.row.BeamRows;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/** Encodes rows as changes; a batch goes out with each bundle. */
final class ParseRowsFn extends DoFn<Row, ChangeBatch> {

  private static final long serialVersionUID = 1;

  /** What stands for the log of rows, which have none. */
  private static final String LOG = "rows";

  private static final Set<String> DELETES = Set.of("d", "delete");
  private static final Set<String> UPSERTS =
      Set.of("c", "r", "u", "i", "insert", "update", "upsert");

  private final RowPlan plan;
  private final long startMicros;
  private transient @Nullable BatchOutput output;
  private transient @Nullable ChangeCollector collector;
  private transient @Nullable Type @Nullable [] types;
  private transient @Nullable KeyWriter key;
  private transient @Nullable ByteWriter values;

  ParseRowsFn(RowPlan plan, long startMicros) {
    this.plan = plan;
    this.startMicros = startMicros;
  }

  @StartBundle
  public void start() {
    if (collector == null || startMicros == 0) {
      BatchOutput target = new BatchOutput();
      output = target;
      collector =
          new ChangeCollector(
              BucketCounts.all(1),
              startMicros == 0 ? Values.micros(Instant.now()) : startMicros,
              target);
      types = plan.columnTypes();
      key = new KeyWriter();
      values = new ByteWriter(1024);
    }
  }

  @ProcessElement
  public void process(@Element Row row, OutputReceiver<ChangeBatch> out) {
    ChangeCollector changes = Objects.requireNonNull(collector);
    changes.ofLine();
    add(row, changes, Objects.requireNonNull(key), Objects.requireNonNull(values));
    BatchOutput target = Objects.requireNonNull(output);
    if (target.isFull()) {
      target.finish(changes.finish(), out::output);
    }
  }

  private void add(Row row, ChangeCollector changes, KeyWriter rowKey, ByteWriter image) {
    String operation = "u";
    if (plan.operation() >= 0) {
      operation = String.valueOf(row.<Object>getValue(plan.operation())).toLowerCase(Locale.ROOT);
      if (!DELETES.contains(operation) && !UPSERTS.contains(operation)) {
        dead(
            row,
            changes,
            DeadLetterReason.UNKNOWN_OP,
            "the operation is '%s'".formatted(ColumnNames.shown(operation)));
        return;
      }
    }

    Position position = position(row);
    if (position == null) {
      dead(row, changes, DeadLetterReason.UNUSABLE_POSITION, "a column that orders rows is null");
      return;
    }

    rowKey.reset();
    for (int column : plan.keyColumns()) {
      byte[] part = Values.encode(value(row, plan.fields().get(column)));
      if (!rowKey.add(new ByteReader(part))) {
        dead(
            row,
            changes,
            DeadLetterReason.MISSING_KEY,
            "key column %s is null".formatted(plan.columns().get(column)));
        return;
      }
    }

    if (DELETES.contains(operation)) {
      changes.delete(plan.table(), position, 0, rowKey, plan.key());
      return;
    }

    image.clear();
    for (int field : plan.fields()) {
      Values.write(image, value(row, field));
    }

    changes.image(
        plan.table(),
        position,
        0,
        new RowImage(
            rowKey,
            plan.key(),
            plan.columns(),
            types,
            ByteBuffer.wrap(image.buffer(), 0, image.size())));
  }

  private @Nullable Object value(Row row, int field) {
    return BeamRows.toModel(
        plan.schema().getField(field).getType(), row.<@Nullable Object>getValue(field));
  }

  /** Place of a row in the order of its key; null where it has none. */
  private @Nullable Position position(Row row) {
    long[] places = new long[2];
    for (int i = 0; i < plan.sequence().size(); i++) {
      Object value = value(row, plan.sequence().get(i));
      if (value == null) {
        return null;
      }

      places[i] = place(value);
    }

    return new Position("", places[0], places[1], 0, LOG, 0, 0);
  }

  private static long place(Object value) {
    if (value instanceof Instant instant) {
      return Values.micros(instant);
    }

    if (value instanceof LocalDateTime time) {
      return Values.micros(time.toInstant(ZoneOffset.UTC));
    }

    if (value instanceof LocalTime time) {
      return TimeUnit.NANOSECONDS.toMicros(time.toNanoOfDay());
    }

    return value instanceof LocalDate date ? date.toEpochDay() : (Long) value;
  }

  private void dead(Row row, ChangeCollector changes, DeadLetterReason reason, String detail) {
    StringBuilder json = new StringBuilder();
    for (int field = 0; field < plan.schema().getFieldCount(); field++) {
      JsonText.append(
          json.append(json.isEmpty() ? '{' : ','), plan.schema().getField(field).getName());
      JsonText.append(json.append(':'), value(row, field));
    }

    byte[] raw = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    changes.dead(
        plan.table(), reason, detail, RawRecord.untimed(LOG + ":" + plan.table(), 0, 0, raw));
  }

  @FinishBundle
  public void finish(FinishBundleContext bundle) {
    Objects.requireNonNull(output)
        .finish(
            Objects.requireNonNull(collector).finish(),
            batch ->
                bundle.output(batch, BoundedWindow.TIMESTAMP_MIN_VALUE, GlobalWindow.INSTANCE));
  }
}
