package org.anabranch.transforms.parse;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.jspecify.annotations.Nullable;

/**
 * Encodes images. Values that are stored as they were read, which is most of them, are copied in
 * runs. Fields hold until the next image.
 */
final class ImageEncoder {

  /**
   * A value that the type of its column could not hold.
   *
   * @param type of the value
   */
  record Widened(int column, Type type) {}

  /** What became of an image. */
  enum Result {
    ENCODED,
    /** A value does not fit its column. */
    MISFIT,
    /** A required column has no value. */
    MISSING
  }

  private final ValueConverter converter;
  private final UnavailableValues unavailable;
  private final ByteWriter out = new ByteWriter(1024);
  private final BitSet jsonColumns = new BitSet();
  private final BitSet widenedColumns = new BitSet();
  private final List<Widened> widened = new ArrayList<>();
  private final ByteReader probe = new ByteReader(new byte[0]);
  private int failed;
  private boolean carried;

  ImageEncoder(ValueConverter converter, UnavailableValues unavailable) {
    this.converter = converter;
    this.unavailable = unavailable;
  }

  /**
   * Encodes an image.
   *
   * @param oldKey encoded key of the row from which values that were not sent are carried; null to
   *     leave holes
   */
  Result encode(RawRow image, ImagePlan plan, byte @Nullable [] oldKey) {
    out.clear();
    jsonColumns.clear();
    widenedColumns.clear();
    widened.clear();
    carried = false;
    failed = -1;
    if (plan.missing() != null) {
      return Result.MISSING;
    }

    Shape shape = plan.shape();
    byte[] raw = image.buffer();
    int runStart = 0;
    int runEnd = 0;
    for (int column = 0; column < plan.size(); column++) {
      int slot = shape.slot(column);
      int start = image.start(slot);
      int end = image.end(slot);
      int tag = raw[start];
      if (tag == Values.NULL && plan.isRequired(column)) {
        failed = column;
        return Result.MISSING;
      }

      boolean isHole = isUnavailable(raw, tag, start, end);
      if (!isHole && plan.isUnchanged(column, tag)) {
        if (start != runEnd) {
          out.write(raw, runStart, runEnd - runStart);
          runStart = start;
        }

        runEnd = end;
        continue;
      }

      out.write(raw, runStart, runEnd - runStart);
      runStart = end;
      runEnd = end;
      if (isHole) {
        writeHole(oldKey);
      } else if (!convert(image, slot, plan, column)) {
        failed = column;
        return Result.MISFIT;
      }
    }

    out.write(raw, runStart, runEnd - runStart);
    return Result.ENCODED;
  }

  private boolean isUnavailable(byte[] raw, int tag, int start, int end) {
    if (tag < Values.STRING || tag == RawJson.NUMBER) {
      return false;
    }

    if (tag == Values.STRING && !unavailable.maybeText(raw, start)) {
      return false;
    }

    return unavailable.matches(probe.reset(raw, start, end - start));
  }

  private void writeHole(byte @Nullable [] oldKey) {
    if (oldKey == null) {
      out.writeByte(Values.UNAVAILABLE);
      return;
    }

    carried = true;
    out.writeByte(Values.CARRIED);
    out.writeVarint(oldKey.length);
    out.write(oldKey, 0, oldKey.length);
  }

  private boolean convert(RawRow image, int slot, ImagePlan plan, int column) {
    int start = out.size();
    ColumnType type = plan.type(column);
    boolean isHint = plan.origin(column) != ImagePlan.Origin.DECLARED;
    ByteReader value = image.value(slot);
    ValueConverter.Result result =
        isHint && ValueConverter.isRounded(value, type)
            ? ValueConverter.Result.MISFIT
            : converter.convert(value, type, out);
    if (isHint && result == ValueConverter.Result.MISFIT) {
      out.truncate(start);
      value = image.value(slot);
      result =
          plan.origin(column) == ImagePlan.Origin.KEY_HINT
              ? converter.convert(value, ColumnType.KEY, out)
              : converter.widen(value, type, out);
      widenedColumns.set(column);
      widened.add(new Widened(column, Values.typeOf(encoded(start))));
    }

    if (result == ValueConverter.Result.MISFIT) {
      return false;
    }

    if (result == ValueConverter.Result.WRITTEN_AS_JSON) {
      jsonColumns.set(column);
    }

    KeptType kept = plan.kept(column);
    return kept == null || kept.holds(encoded(start));
  }

  private ByteReader encoded(int start) {
    return probe.reset(out.buffer(), start, out.size() - start);
  }

  /** The encoded values. */
  ByteWriter values() {
    return out;
  }

  /** Stored types of the image just encoded; null where all follow from the values. */
  @Nullable Type @Nullable [] types(ImagePlan plan) {
    return jsonColumns.isEmpty() && widened.isEmpty()
        ? plan.types()
        : plan.types(jsonColumns, widenedColumns);
  }

  /** Values of the image just encoded that the types of their columns cannot hold. */
  List<Widened> widened() {
    return widened;
  }

  /** Number of the column that failed; -1 where it is not in the image at all. */
  int failedColumn() {
    return failed;
  }

  /** Whether a value is carried from the old key. */
  boolean hasCarried() {
    return carried;
  }
}
