package org.anabranch.parquet;

import java.util.ArrayList;
import java.util.List;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Schema;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.GroupType;
import org.jspecify.annotations.Nullable;

/**
 * Encodes a record into one buffer, column after column in the order of the schema that is read.
 * Parquet calls the columns in that order but leaves out those without a value, so each column
 * first fills in what was left out before it.
 */
final class RowConverter extends GroupConverter {

  private static final byte[] NULL = {Values.NULL};
  private static final byte[] EMPTY_LIST = Values.encode(List.of());
  private static final byte[] EMPTY_JSON_LIST = Values.encode("[]");

  private final ByteWriter row = new ByteWriter(1024);
  private final Converter[] converters;
  private final byte[][] absent;
  private final int[] starts;
  private final Schema schema;
  private int next;
  private @Nullable RepeatedColumn open;

  /**
   * @param fields of the row in their order; null for a column the file does not have
   */
  RowConverter(List<org.apache.parquet.schema.@Nullable Type> fields) {
    int size = fields.size();
    List<Schema.Column> columns = new ArrayList<>();
    List<Converter> present = new ArrayList<>();
    absent = new byte[size][];
    starts = new int[size + 1];
    for (int place = 0; place < size; place++) {
      absent[place] = NULL;
      org.apache.parquet.schema.Type field = fields.get(place);
      if (field == null) {
        continue;
      }

      boolean repeats = field.isRepetition(org.apache.parquet.schema.Type.Repetition.REPEATED);
      Type type = repeats ? listType(field) : type(field);
      columns.add(new Schema.Column(field.getName(), type, place));
      present.add(converter(place, field, repeats, type));
      if (repeats) {
        absent[place] = type.kind() == Type.Kind.LIST ? EMPTY_LIST : EMPTY_JSON_LIST;
      }
    }

    schema = Schema.of(columns);
    converters = present.toArray(Converter[]::new);
  }

  private Converter converter(
      int place, org.apache.parquet.schema.Type field, boolean repeats, Type type) {
    if (repeats) {
      return NestedConverters.of(field, new RepeatedColumn(place, type));
    }

    if (field.isPrimitive()) {
      Leaf leaf = Leaf.of(field.asPrimitiveType());
      return new LeafConverter(
          field.asPrimitiveType().getPrimitiveTypeName(), leaf, new ColumnSlot(place));
    }

    return NestedConverters.of(
        field,
        value -> {
          startColumn(place);
          write(type, value);
        });
  }

  private static Type type(org.apache.parquet.schema.Type field) {
    if (field.isPrimitive()) {
      return Leaf.of(field.asPrimitiveType()).type();
    }

    GroupType group = field.asGroupType();
    return NestedConverters.isList(group) ? listType(NestedConverters.element(group)) : Type.JSON;
  }

  private static Type listType(org.apache.parquet.schema.Type element) {
    if (element.isPrimitive()) {
      return Type.listOf(Leaf.of(element.asPrimitiveType()).type());
    }

    Type type = type(element);
    return type.kind() == Type.Kind.LIST ? Type.listOf(type) : Type.JSON;
  }

  Schema schema() {
    return schema;
  }

  ByteWriter row() {
    return row;
  }

  /** Where the value of a column begins; one more is the end of the row. */
  int start(int place) {
    return starts[place];
  }

  @Override
  public Converter getConverter(int place) {
    return converters[place];
  }

  @Override
  public void start() {
    row.clear();
    next = 0;
  }

  @Override
  public void end() {
    startColumn(absent.length);
  }

  /** Completes the columns before {@code place}. */
  private void startColumn(int place) {
    if (open != null) {
      RepeatedColumn complete = open;
      open = null;
      write(complete.type, complete.elements);
    }

    while (next < place) {
      starts[next] = row.size();
      byte[] value = absent[next++];
      row.write(value, 0, value.length);
    }

    starts[place] = row.size();
    next = place + 1;
  }

  private void write(Type type, @Nullable Object value) {
    if (type.kind() == Type.Kind.LIST) {
      Values.write(row, value);
      return;
    }

    Values.writeString(row, NestedJson.of(value));
  }

  private final class ColumnSlot implements Slot {

    private final int place;

    ColumnSlot(int place) {
      this.place = place;
    }

    @Override
    public ByteWriter open() {
      startColumn(place);
      return row;
    }

    @Override
    public void close() {}
  }

  /** A field that repeats without a list around it; complete when another column starts. */
  private final class RepeatedColumn implements NestedConverters.Target {

    private final int place;
    private final Type type;
    private List<@Nullable Object> elements = List.of();

    RepeatedColumn(int place, Type type) {
      this.place = place;
      this.type = type;
    }

    @Override
    public void set(@Nullable Object value) {
      if (open != this) {
        startColumn(place);
        elements = new ArrayList<>();
        open = this;
      }

      elements.add(value);
    }
  }

  /** Row after row into the same buffer. */
  static final class Materializer extends RecordMaterializer<ByteWriter> {

    private final RowConverter root;

    Materializer(RowConverter root) {
      this.root = root;
    }

    @Override
    public ByteWriter getCurrentRecord() {
      return root.row;
    }

    @Override
    public GroupConverter getRootConverter() {
      return root;
    }
  }
}
