package org.anabranch.lake;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each of the cuts. */
@Tag("long")
class EveryPowerCutTest extends PowerCutsTest {

  @Override
  int stride() {
    return 1;
  }

  @Test
  @Tag("proof")
  void twoHundredRandomCuts() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int done = 0; done < 200; done += cuts.size()) {
      cuts.clear();
      Directories.delete(warehouse());
      make();
      trace(random);
      everyCutGoesOn(", seed " + seed);
    }
  }
}
