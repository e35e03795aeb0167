package org.anabranch.transforms.customer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Combine;

/**
 * Sums over interactions.
 *
 * @param country empty until known
 * @param startMillis start of the window, milliseconds since the epoch; 0 until known
 * @param endMillis end of the window, exclusive
 * @param interactions number of them
 * @param seconds they lasted in all
 * @param valueCents they were worth in all
 */
record WindowTotals(
    String country,
    long startMillis,
    long endMillis,
    long interactions,
    long seconds,
    long valueCents) {

  /** Of no interaction. */
  static final WindowTotals NONE = new WindowTotals("", 0, 0, 0, 0, 0);

  static WindowTotals one(long seconds, long valueCents) {
    return new WindowTotals("", 0, 0, 1, seconds, valueCents);
  }

  WindowTotals in(String where, long start, long end) {
    return new WindowTotals(where, start, end, interactions, seconds, valueCents);
  }

  private WindowTotals plus(WindowTotals other) {
    return new WindowTotals(
        country,
        startMillis,
        endMillis,
        interactions + other.interactions,
        Math.addExact(seconds, other.seconds),
        Math.addExact(valueCents, other.valueCents));
  }

  /** Adds totals up. */
  static final class SumFn extends Combine.BinaryCombineFn<WindowTotals> {

    private static final long serialVersionUID = 1;

    @Override
    public WindowTotals identity() {
      return NONE;
    }

    @Override
    public WindowTotals apply(WindowTotals left, WindowTotals right) {
      return left.plus(right);
    }

    @Override
    public Coder<WindowTotals> getDefaultOutputCoder(
        CoderRegistry registry, Coder<WindowTotals> inputCoder) {
      return TotalsCoder.of();
    }
  }

  /** Coder: country, then the numbers in the order of the fields. */
  static final class TotalsCoder extends AtomicCoder<WindowTotals> {

    private static final long serialVersionUID = 1;
    private static final TotalsCoder INSTANCE = new TotalsCoder();

    private TotalsCoder() {}

    static TotalsCoder of() {
      return INSTANCE;
    }

    @Override
    public void encode(WindowTotals value, OutputStream out) throws IOException {
      StringUtf8Coder.of().encode(value.country(), out);
      for (long number :
          List.of(
              value.startMillis(),
              value.endMillis(),
              value.interactions(),
              value.seconds(),
              value.valueCents())) {
        VarLongCoder.of().encode(number, out);
      }
    }

    @Override
    public WindowTotals decode(InputStream in) throws IOException {
      String country = StringUtf8Coder.of().decode(in);
      return new WindowTotals(country, next(in), next(in), next(in), next(in), next(in));
    }

    private static long next(InputStream in) throws IOException {
      return VarLongCoder.of().decode(in);
    }
  }
}
