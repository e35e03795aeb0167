package org.anabranch.transforms.parse;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import org.anabranch.model.Generated;
import org.junit.jupiter.api.Test;

class LineEndsTest {

  @Test
  void findsWhatAPlainLoopFinds() {
    Generated.forSeeds(
        200,
        generated -> {
          byte[] bytes = new byte[generated.below(40)];
          for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (generated.oneIn(12) ? '\n' : generated.below(256));
          }

          int to = generated.below(bytes.length + 1);
          for (int from = 0; from <= to; from++) {
            int expected = from;
            while (expected < to && bytes[expected] != '\n') {
              expected++;
            }

            assertThat(LineEnds.next(bytes, from, to), is(expected));
          }
        });
  }
}
