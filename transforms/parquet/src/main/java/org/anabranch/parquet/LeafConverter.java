package org.anabranch.parquet;

import org.anabranch.model.ByteWriter;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * Encodes the values of one primitive column into a slot. The entries of a dictionary are encoded
 * once per column chunk and copied from then on.
 */
final class LeafConverter extends PrimitiveConverter {

  private final PrimitiveTypeName stored;
  private final Leaf leaf;
  private final Slot slot;
  private final ByteWriter entries = new ByteWriter(0);
  private int[] entryEnds = {};

  LeafConverter(PrimitiveTypeName stored, Leaf leaf, Slot slot) {
    this.stored = stored;
    this.leaf = leaf;
    this.slot = slot;
  }

  @Override
  public boolean hasDictionarySupport() {
    return true;
  }

  @Override
  public void setDictionary(Dictionary dictionary) {
    entries.clear();
    entryEnds = new int[dictionary.getMaxId() + 1];
    for (int id = 0; id < entryEnds.length; id++) {
      encodeEntry(dictionary, id);
      entryEnds[id] = entries.size();
    }
  }

  private void encodeEntry(Dictionary dictionary, int id) {
    switch (stored) {
      case BOOLEAN -> leaf.encode(entries, dictionary.decodeToBoolean(id));
      case INT32 -> leaf.encode(entries, (long) dictionary.decodeToInt(id));
      case INT64 -> leaf.encode(entries, dictionary.decodeToLong(id));
      case FLOAT -> leaf.encode(entries, (double) dictionary.decodeToFloat(id));
      case DOUBLE -> leaf.encode(entries, dictionary.decodeToDouble(id));
      case BINARY, FIXED_LEN_BYTE_ARRAY, INT96 ->
          leaf.encode(entries, dictionary.decodeToBinary(id));
    }
  }

  @Override
  public void addValueFromDictionary(int id) {
    int start = id == 0 ? 0 : entryEnds[id - 1];
    slot.open().write(entries.buffer(), start, entryEnds[id] - start);
    slot.close();
  }

  @Override
  public void addBinary(Binary value) {
    leaf.encode(slot.open(), value);
    slot.close();
  }

  @Override
  public void addBoolean(boolean value) {
    leaf.encode(slot.open(), value);
    slot.close();
  }

  @Override
  public void addDouble(double value) {
    leaf.encode(slot.open(), value);
    slot.close();
  }

  @Override
  public void addFloat(float value) {
    leaf.encode(slot.open(), (double) value);
    slot.close();
  }

  @Override
  public void addInt(int value) {
    leaf.encode(slot.open(), (long) value);
    slot.close();
  }

  @Override
  public void addLong(long value) {
    leaf.encode(slot.open(), value);
    slot.close();
  }
}
