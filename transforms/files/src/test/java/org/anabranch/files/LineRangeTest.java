package org.anabranch.files;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.anabranch.model.Generated;
import org.junit.jupiter.api.Test;

class LineRangeTest {

  @Test
  void rangesOfAnySizeGiveEachLineOnceAtItsOffset() {
    Generated.forSeeds(500, LineRangeTest::checkOneFile);
  }

  private static void checkOneFile(Generated generated) {
    StringBuilder text = new StringBuilder();
    List<String> expected = new ArrayList<>();
    for (int line = generated.below(12); line > 0; line--) {
      String content = "x".repeat(generated.below(30));
      expected.add(text.length() + ":" + content);
      text.append(content).append(line == 1 && generated.oneIn(2) ? "" : "\n");
    }

    byte[] file = text.toString().getBytes(StandardCharsets.US_ASCII);
    // Nothing behind the last line feed is no line.
    expected.removeIf(line -> line.equals(file.length + ":"));
    int step = 1 + generated.below(40);
    int blockBytes = 1 + generated.below(20);
    List<String> lines = new ArrayList<>();
    for (int first = 0; first < file.length; first += step) {
      int end = Math.min(file.length, first + step);
      int start = Math.max(0, first - 1);
      ByteArrayInputStream in = new ByteArrayInputStream(file, start, file.length - start);
      try {
        new LineRange(first, end, blockBytes)
            .read(start, in, (offset, bytes, from, to) -> split(lines, offset, bytes, from, to));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    assertThat(lines, is(expected));
  }

  private static void split(List<String> lines, long offset, byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      int end = at;
      while (end < to && bytes[end] != '\n') {
        end++;
      }

      String content = new String(bytes, at, end - at, StandardCharsets.US_ASCII);
      lines.add((offset + at - from) + ":" + content);
      at = end + 1;
    }
  }
}
