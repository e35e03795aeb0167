package org.anabranch.parquet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Values;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapKeyValueTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * Converters that build nested values as objects: lists, maps (both maps and structs) and decoded
 * scalars. Which groups are lists of what follows the rules for files of older writers in the
 * Parquet format, https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#lists
 */
final class NestedConverters {

  /** Takes a value when it is complete. */
  interface Target {
    void set(@Nullable Object value);
  }

  private NestedConverters() {}

  /** Converter of one occurrence of a field; whether the field repeats is its parent's concern. */
  static Converter of(Type field, Target target) {
    if (field.isPrimitive()) {
      Leaf leaf = Leaf.of(field.asPrimitiveType());
      return new LeafConverter(
          field.asPrimitiveType().getPrimitiveTypeName(), leaf, new ObjectSlot(target));
    }

    GroupType group = field.asGroupType();
    if (isList(group)) {
      return new ListConverter(group, target);
    }

    return isMap(group) ? new MapConverter(group, target) : new StructConverter(group, target);
  }

  static boolean isList(GroupType group) {
    return group.getLogicalTypeAnnotation() instanceof ListLogicalTypeAnnotation
        && group.getFieldCount() == 1
        && group.getType(0).isRepetition(Type.Repetition.REPEATED);
  }

  /** The type of the elements of a list. */
  static Type element(GroupType list) {
    Type repeated = list.getType(0);
    return isElementItself(repeated, list.getName()) ? repeated : repeated.asGroupType().getType(0);
  }

  private static boolean isElementItself(Type repeated, String listName) {
    if (repeated.isPrimitive()) {
      return true;
    }

    GroupType group = repeated.asGroupType();
    return group.getFieldCount() != 1
        || group.getType(0).isRepetition(Type.Repetition.REPEATED)
        || group.getName().equals("array")
        || group.getName().equals(listName + "_tuple");
  }

  private static boolean isMap(GroupType group) {
    boolean annotated =
        group.getLogicalTypeAnnotation() instanceof MapLogicalTypeAnnotation
            || group.getLogicalTypeAnnotation() instanceof MapKeyValueTypeAnnotation;
    return annotated
        && group.getFieldCount() == 1
        && group.getType(0).isRepetition(Type.Repetition.REPEATED)
        && !group.getType(0).isPrimitive()
        && group.getType(0).asGroupType().getFieldCount() == 2;
  }

  private static final class ObjectSlot implements Slot {

    private final Target target;
    private final ByteWriter encoded = new ByteWriter(32);
    private final ByteReader reader = new ByteReader(new byte[0]);

    ObjectSlot(Target target) {
      this.target = target;
    }

    @Override
    public ByteWriter open() {
      encoded.clear();
      return encoded;
    }

    @Override
    public void close() {
      target.set(Values.read(reader.reset(encoded.buffer(), 0, encoded.size())));
    }
  }

  /** A group whose fields are collected by place and handed over at its end. */
  private abstract static class FieldsConverter extends GroupConverter {

    private final Converter[] converters;
    private final boolean[] repeated;
    final @Nullable Object[] values;

    FieldsConverter(GroupType group) {
      int size = group.getFieldCount();
      converters = new Converter[size];
      repeated = new boolean[size];
      values = new Object[size];
      for (int i = 0; i < size; i++) {
        int place = i;
        Type field = group.getType(i);
        repeated[i] = field.isRepetition(Type.Repetition.REPEATED);
        converters[i] = of(field, value -> set(place, value));
      }
    }

    @SuppressWarnings("unchecked")
    private void set(int place, @Nullable Object value) {
      if (repeated[place]) {
        ((List<@Nullable Object>) values[place]).add(value);
        return;
      }

      values[place] = value;
    }

    @Override
    public Converter getConverter(int place) {
      return converters[place];
    }

    @Override
    public void start() {
      Arrays.setAll(values, i -> repeated[i] ? new ArrayList<>() : null);
    }
  }

  private static final class StructConverter extends FieldsConverter {

    private final GroupType group;
    private final Target target;

    StructConverter(GroupType group, Target target) {
      super(group);
      this.group = group;
      this.target = target;
    }

    @Override
    public void end() {
      Map<String, @Nullable Object> struct = new LinkedHashMap<>();
      for (int i = 0; i < values.length; i++) {
        struct.put(group.getFieldName(i), values[i]);
      }

      target.set(struct);
    }
  }

  /** One level of nesting around a single repeated field. */
  private static final class ListConverter extends GroupConverter {

    private final Target target;
    private final Converter repeated;
    private List<@Nullable Object> elements = new ArrayList<>();

    ListConverter(GroupType list, Target target) {
      this.target = target;
      Type child = list.getType(0);
      repeated =
          isElementItself(child, list.getName())
              ? of(child, value -> elements.add(value))
              : new ElementConverter(child.asGroupType(), value -> elements.add(value));
    }

    @Override
    public Converter getConverter(int place) {
      return repeated;
    }

    @Override
    public void start() {
      elements = new ArrayList<>();
    }

    @Override
    public void end() {
      target.set(elements);
    }
  }

  /** The middle level of a list: a group that holds the element. */
  private static final class ElementConverter extends FieldsConverter {

    private final Target target;

    ElementConverter(GroupType wrapper, Target target) {
      super(wrapper);
      this.target = target;
    }

    @Override
    public void end() {
      target.set(values[0]);
    }
  }

  private static final class MapConverter extends GroupConverter {

    private final Target target;
    private final Converter entry;
    private Map<String, @Nullable Object> entries = new LinkedHashMap<>();

    MapConverter(GroupType map, Target target) {
      this.target = target;
      entry =
          new FieldsConverter(map.getType(0).asGroupType()) {
            @Override
            public void end() {
              entries.put(NestedJson.key(values[0]), values[1]);
            }
          };
    }

    @Override
    public Converter getConverter(int place) {
      return entry;
    }

    @Override
    public void start() {
      entries = new LinkedHashMap<>();
    }

    @Override
    public void end() {
      target.set(entries);
    }
  }
}
