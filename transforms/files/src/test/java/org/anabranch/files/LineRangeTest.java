package org.anabranch.files;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.anabranch.model.Generated;
import org.anabranch.transforms.parse.CutRecord;
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
      String content = "x".repeat(generated.below(generated.oneIn(4) ? 150 : 30));
      expected.add(text.length() + ":" + content);
      text.append(content).append(line == 1 && generated.oneIn(2) ? "" : "\n");
    }

    byte[] file = text.toString().getBytes(StandardCharsets.US_ASCII);
    // Nothing behind the last line feed is no line.
    expected.removeIf(line -> line.equals(file.length + ":"));
    int step = 1 + generated.below(40);
    int blockBytes = 1 + generated.below(20);
    int maxLine = 1 + generated.below(60);
    List<String> lines = new ArrayList<>();
    for (int first = 0; first < file.length; first += step) {
      int end = Math.min(file.length, first + step);
      int start = Math.max(0, first - 1);
      ByteArrayInputStream in = new ByteArrayInputStream(file, start, file.length - start);
      try {
        new LineRange(first, end, blockBytes, maxLine).read(start, in, into(lines));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    assertThat(lines, is(expected));
  }

  @Test
  void aLongLineTakesNoMoreMemoryThanTheLimitAndItsRangeReadsItOnce() throws IOException {
    int maxLine = 1 << 20;
    long length = 3L << 30;
    EndlessInput in = new EndlessInput(length);
    List<String> lines = new ArrayList<>();
    new LineRange(0, length, 1 << 16, maxLine).read(0, in, into(lines));

    assertThat(lines, is(List.of("0:long " + length)));

    EndlessInput later = new EndlessInput(length);
    new LineRange(1000, 2000, 1 << 10, maxLine).read(999, later, into(lines));

    assertThat(lines.size(), is(1));
    assertThat(later.given < 5000, is(true));
  }

  /** A file without a line feed. */
  private static final class EndlessInput extends InputStream {

    private final long length;
    private long given;

    EndlessInput(long length) {
      this.length = length;
    }

    @Override
    public int read() {
      return given++ < length ? 'x' : -1;
    }

    @Override
    public int read(byte[] target, int from, int most) {
      int count = (int) Math.min(most, length - given);
      Arrays.fill(target, from, from + count, (byte) 'x');
      given += count;
      return count == 0 && most > 0 ? -1 : count;
    }
  }

  private static LineRange.BlockReceiver into(List<String> lines) {
    return new LineRange.BlockReceiver() {
      @Override
      public void accept(long offset, byte[] bytes, int from, int to) {
        split(lines, offset, bytes, from, to);
      }

      @Override
      public void tooLong(long offset, CutRecord line) {
        boolean isShort = line.length() < 1000;
        lines.add(
            offset + ":" + (isShort ? "x".repeat((int) line.length()) : "long " + line.length()));
      }
    };
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
