package org.anabranch.model;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ByteWriterTest {

  /** Half of a surrogate pair; two halves that belong together are one character to a pattern. */
  private static final Pattern HALF = Pattern.compile("[\uD800-\uDFFF]");

  /** Characters of one to four bytes, at the edges of each width. */
  private static final List<String> WIDTHS =
      List.of(
          "\0",
          "\u007F",
          "\u0080",
          "\u07FF",
          "\u0800",
          "\uD7FF",
          "\uE000",
          "\uFFFF",
          "🦀",
          "\uD800\uDC00",
          "\uDBFF\uDFFF");

  private static final List<String> LONE_SURROGATES =
      List.of("\uD800", "\uDC00", "\uDC00\uD800", "\uD800x", "\uD800\uD800\uDC00", "é\uDFFF");

  @Test
  void charactersOfEveryWidthAreWrittenAsUtf8() {
    WIDTHS.forEach(ByteWriterTest::assertWrittenAsUtf8);
    assertWrittenAsUtf8("");
    assertWrittenAsUtf8("ascii, then " + String.join("", WIDTHS) + " and ascii");
  }

  @Test
  void halfOfASurrogatePairIsWrittenAsTheReplacementCharacterAndCounted() {
    byte[] replaced = {5, 'a', (byte) 0xEF, (byte) 0xBF, (byte) 0xBD, 'b'};
    assertThat(written("a\uD800b"), is(replaced));
    ByteWriter out = new ByteWriter(0);
    out.writeString("a\uDC00b");
    assertThat(out.toByteArray(), is(replaced));
    assertThat(out.halvesReplaced(), is(1));
    LONE_SURROGATES.forEach(out::writeString);
    assertThat(out.halvesReplaced() > LONE_SURROGATES.size(), is(true));
    out.clear();
    assertThat(out.halvesReplaced(), is(0));
    out.writeString("? \uFFFD 🦀");
    assertThat(out.halvesReplaced(), is(0));
  }

  @Test
  void surrogateWhoseOtherHalfLiesBehindTheSliceIsLone() {
    ByteWriter out = new ByteWriter(0);
    out.writeChars("a\uD800\uDC00".toCharArray(), 1, 1);
    assertThat(out.toByteArray(), is(new byte[] {3, (byte) 0xEF, (byte) 0xBF, (byte) 0xBD}));
  }

  @Test
  void lengthGrowsByAByteWhereTheEncodedTextNeedsIt() {
    for (int length : List.of(1, 42, 43, 63, 64, 127, 128, 5461, 8191, 8192, 16_383, 16_384)) {
      for (String width : List.of("x", "ü", "東", "🦀")) {
        assertWrittenAsUtf8(width.repeat(length));
        assertWrittenAsUtf8("x".repeat(length) + width);
      }
    }
  }

  @Test
  void generatedTextIsWrittenAsUtf8() {
    Generated.forSeeds(
        5000,
        generated -> {
          StringBuilder text = new StringBuilder();
          for (int i = generated.below(300); i > 0; i--) {
            text.append(generated.pick(generated.oneIn(50) ? LONE_SURROGATES : WIDTHS));
          }

          assertWrittenAsUtf8(text.toString());
        });
  }

  private static void assertWrittenAsUtf8(String text) {
    byte[] utf8 = HALF.matcher(text).replaceAll("\uFFFD").getBytes(StandardCharsets.UTF_8);
    ByteWriter expected = new ByteWriter(0);
    expected.writeVarint(utf8.length);
    expected.write(utf8, 0, utf8.length);
    assertThat(written(text), is(expected.toByteArray()));

    ByteWriter asString = new ByteWriter(0);
    asString.writeString(text);
    assertThat(asString.toByteArray(), is(expected.toByteArray()));
    String readBack = new String(utf8, StandardCharsets.UTF_8);
    assertThat(new ByteReader(asString.toByteArray()).readString(), is(readBack));
  }

  @Test
  void longTextTakesNoMoreRoomThanItNeeds() {
    for (String unit : new String[] {"a", "é", "€", "😀"}) {
      String text = unit.repeat(1 << 20);
      ByteWriter out = new ByteWriter(16);
      out.writeChars(text.toCharArray(), 0, text.length());

      ByteReader in = new ByteReader(out.buffer()).reset(out.buffer(), 0, out.size());
      assertThat(in.readString(), is(text));
      int bytes = text.getBytes(StandardCharsets.UTF_8).length;
      assertThat(out.buffer().length <= bytes * 3 / 2 + 10, is(true));
    }
  }

  /** The bytes {@code writeChars} writes for a slice, between other bytes that must stay. */
  private static byte[] written(String text) {
    char[] chars = ("«" + text + "»").toCharArray();
    ByteWriter out = new ByteWriter(0);
    out.writeByte(0x55);
    out.writeChars(chars, 1, text.length());
    int size = out.size();
    out.writeByte(0x66);
    byte[] bytes = out.toByteArray();
    assertThat(bytes[0], is((byte) 0x55));
    assertThat(bytes[size], is((byte) 0x66));
    return Arrays.copyOfRange(bytes, 1, size);
  }

  @Test
  void numbersOfEveryMagnitudeComeBack() {
    Generated.forSeeds(
        5000,
        generated -> {
          long number = generated.number();
          ByteWriter out = new ByteWriter(0);
          out.writeVarint(number);
          out.writeSigned(number);
          out.writeLong(number);
          ByteReader in = new ByteReader(out.toByteArray());
          assertThat(in.readVarint(), is(number));
          assertThat(in.readSigned(), is(number));
          assertThat(in.readLong(), is(number));
          assertThat(in.hasMore(), is(false));
        });
  }

  @Test
  void smallNumbersOfEitherSignTakeOneByte() {
    ByteWriter out = new ByteWriter(0);
    out.writeVarint(127);
    out.writeSigned(63);
    out.writeSigned(-64);
    assertThat(out.toByteArray(), is(new byte[] {127, 126, 127}));
  }

  @Test
  void truncateForgetsTheEndAndClearEverything() {
    ByteWriter out = new ByteWriter(0);
    out.write(new byte[] {1, 2, 3, 4}, 1, 3);
    out.truncate(1);
    out.writeByte(9);
    assertThat(out.toByteArray(), is(new byte[] {2, 9}));
    out.clear();
    assertThat(out.size(), is(0));
  }

  @Test
  void readerStartsOverOnAnotherSlice() {
    ByteReader in = new ByteReader(new byte[] {1});
    in.readByte();
    in.reset(new byte[] {7, 8, 9}, 1, 1);
    assertThat(in.readByte(), is(8));
    assertThat(in.hasMore(), is(false));
  }
}
