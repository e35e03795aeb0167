package org.anabranch.transforms.customer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;

/**
 * Sums over interactions.
 *
 * @param country or what stands for one that is not known
 * @param startMillis start of the window, milliseconds since the epoch
 * @param endMillis end of the window, exclusive
 * @param interactions number of them
 * @param seconds they lasted in all
 * @param valueCents they were worth in all
 * @param late how many of them came after the end of the window
 * @param newestMillis time of the newest record of the window, counted or not: the log's, else when
 *     it occurred; milliseconds since the epoch
 */
record WindowTotals(
    String country,
    long startMillis,
    long endMillis,
    long interactions,
    long seconds,
    long valueCents,
    long late,
    long newestMillis) {

  /** Of no interaction. */
  static final WindowTotals NONE = new WindowTotals("", 0, 0, 0, 0, 0, 0, Long.MIN_VALUE);

  private WindowTotals plus(WindowTotals other) {
    return new WindowTotals(
        country,
        startMillis,
        endMillis,
        interactions + other.interactions,
        Math.addExact(seconds, other.seconds),
        Math.addExact(valueCents, other.valueCents),
        late + other.late,
        Math.max(newestMillis, other.newestMillis));
  }

  /** Which of so many parts they belong to. */
  int part(int parts) {
    return Math.floorMod(31 * country.hashCode() + Long.hashCode(startMillis), parts);
  }

  private record Window(long startMillis, String country) {}

  /** Totals of windows that are being added up. */
  static final class Sums {

    private final Map<Window, WindowTotals> byWindow = new HashMap<>();

    void add(WindowTotals totals) {
      byWindow.merge(
          new Window(totals.startMillis, totals.country),
          totals,
          (left, right) -> left.plus(right));
    }

    void forEach(Consumer<WindowTotals> totals) {
      byWindow.values().forEach(totals);
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
              value.valueCents(),
              value.late(),
              value.newestMillis())) {
        VarLongCoder.of().encode(number, out);
      }
    }

    @Override
    public WindowTotals decode(InputStream in) throws IOException {
      String country = StringUtf8Coder.of().decode(in);
      return new WindowTotals(
          country, next(in), next(in), next(in), next(in), next(in), next(in), next(in));
    }

    private static long next(InputStream in) throws IOException {
      return VarLongCoder.of().decode(in);
    }
  }
}
