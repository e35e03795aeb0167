package org.anabranch.transforms.customer;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.anabranch.model.Generated;
import org.apache.beam.sdk.testing.CoderProperties;
import org.junit.jupiter.api.Test;

class WindowTotalsTest {

  private static WindowTotals one(long seconds, long cents) {
    return new WindowTotals("CH", 0, 60, 1, seconds, cents, 0, 7);
  }

  @Test
  void comesBackAsItWasAloneAndAmongOthers() throws Exception {
    for (WindowTotals totals :
        List.of(
            one(0, 0),
            one(Long.MAX_VALUE, Long.MIN_VALUE),
            new WindowTotals("Österreich", -3_600_000, 1L << 50, 1, 3, -4, 5, Long.MIN_VALUE))) {
      CoderProperties.coderDecodeEncodeEqual(WindowTotals.TotalsCoder.of(), totals);
    }
  }

  @Test
  void sumsAreTheSameInAnyOrderAndGrouping() {
    Generated.forSeeds(
        50,
        generated -> {
          List<WindowTotals> all = new ArrayList<>();
          Map<String, long[]> expected = new TreeMap<>();
          for (int i = 0; i < 30; i++) {
            String country = generated.pick(List.of("", "CH", "DE"));
            long start = 60L * generated.below(3);
            long seconds = generated.below(1000);
            long cents = (long) generated.below(9) - 4;
            long late = generated.below(2);
            long newest = generated.below(100);
            all.add(new WindowTotals(country, start, start + 60, 1, seconds, cents, late, newest));
            long[] sum = expected.computeIfAbsent(country + start, added -> new long[5]);
            sum[0]++;
            sum[1] += seconds;
            sum[2] += cents;
            sum[3] += late;
            sum[4] = Math.max(sum[4], newest);
          }

          List<WindowTotals> shuffled = generated.shuffled(all);
          int cut = generated.below(all.size());
          Set<WindowTotals> parts = new HashSet<>();
          List<WindowTotals> summed = new ArrayList<>(sum(shuffled.subList(cut, 30)));
          summed.addAll(sum(shuffled.subList(0, cut)));
          parts.addAll(sum(summed));
          Set<WindowTotals> model = new HashSet<>();
          expected.forEach(
              (window, sum) -> {
                String country = window.replaceAll("\\d", "");
                long start = Long.parseLong(window.replaceAll("\\D", ""));
                model.add(
                    new WindowTotals(
                        country, start, start + 60, sum[0], sum[1], sum[2], sum[3], sum[4]));
              });
          assertThat(parts, is(model));
        });
  }

  @Test
  void sumThatDoesNotFitIsNotWrapped() {
    assertThrows(ArithmeticException.class, () -> sum(List.of(one(Long.MAX_VALUE, 0), one(1, 0))));
  }

  private static List<WindowTotals> sum(List<WindowTotals> totals) {
    WindowTotals.Sums sums = new WindowTotals.Sums();
    totals.forEach(sums::add);
    List<WindowTotals> all = new ArrayList<>();
    sums.forEach(all::add);
    return all;
  }
}
