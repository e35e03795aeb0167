package org.anabranch.transforms.customer;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.anabranch.model.Generated;
import org.apache.beam.sdk.testing.CoderProperties;
import org.junit.jupiter.api.Test;

class WindowTotalsTest {

  private static final WindowTotals.SumFn SUM = new WindowTotals.SumFn();

  @Test
  void comesBackAsItWasAloneAndAmongOthers() throws Exception {
    for (WindowTotals totals :
        List.of(
            WindowTotals.one(0, 0),
            WindowTotals.one(Long.MAX_VALUE, Long.MIN_VALUE),
            WindowTotals.one(3, -4).in("Österreich", -3_600_000, 1L << 50))) {
      CoderProperties.coderDecodeEncodeEqual(WindowTotals.TotalsCoder.of(), totals);
    }
  }

  @Test
  void sumsAreTheSameInAnyOrderAndGrouping() {
    Generated.forSeeds(
        50,
        generated -> {
          List<WindowTotals> all = new ArrayList<>();
          long seconds = 0;
          long cents = 0;
          for (int i = 0; i < 10; i++) {
            WindowTotals one = WindowTotals.one(generated.below(1000), generated.below(9) - 4);
            seconds += one.seconds();
            cents += one.valueCents();
            all.add(one);
          }

          List<WindowTotals> shuffled = generated.shuffled(all);
          int cut = generated.below(all.size());
          WindowTotals sum =
              SUM.apply(sum(shuffled.subList(cut, 10)), sum(shuffled.subList(0, cut)));
          assertThat(sum, is(new WindowTotals("", 0, 0, 10, seconds, cents)));
        });
  }

  @Test
  void sumThatDoesNotFitIsNotWrapped() {
    WindowTotals most = WindowTotals.one(Long.MAX_VALUE, 0);
    assertThrows(ArithmeticException.class, () -> SUM.apply(most, WindowTotals.one(1, 0)));
  }

  private static WindowTotals sum(List<WindowTotals> totals) {
    return totals.stream().reduce(SUM.identity(), SUM::apply);
  }
}
