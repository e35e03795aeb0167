package org.anabranch.files;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.anabranch.model.Generated;
import org.apache.beam.sdk.io.Compression;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextInputTest {

  private static final String TEXT = "{\"id\":1,\"v\":\"é€😀\"}\r\n{\"id\":2}\n";

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD", "BZIP2", "UNCOMPRESSED"})
  void compressionIsKnownByTheFirstBytesWhateverTheName(Compression compression)
      throws IOException {
    byte[] file = compressed(compression, TEXT.getBytes(UTF_8));
    for (String name : List.of("a.jsonl", "a.jsonl.gz", "a.zst", "a.bz2")) {
      assertThat(text(name, file), is(TEXT));
      assertThat(input(name, file).isPlain(), is(compression == Compression.UNCOMPRESSED));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD", "BZIP2"})
  void compressedFilesMayStandOneBehindTheOther(Compression compression) throws IOException {
    byte[] file = compressed(compression, TEXT.getBytes(UTF_8));
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.write(file);
    both.write(file);

    assertThat(text("a.jsonl", both.toByteArray()), is(TEXT + TEXT));
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD", "BZIP2"})
  void aFileThatIsCutOffFails(Compression compression) throws IOException {
    byte[] file = compressed(compression, "{\"id\":1}\n".repeat(3).getBytes(UTF_8));
    byte[] cut = java.util.Arrays.copyOf(file, file.length - 3);

    assertThrows(IOException.class, () -> text("a.jsonl.gz", cut));
  }

  @ParameterizedTest
  @CsvSource({"UTF-16BE,feff", "UTF-16LE,fffe", "UTF-16BE,''", "UTF-16LE,''"})
  void utf16BecomesUtf8(String charset, String mark) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(HexFormat.of().parseHex(mark));
    file.write(TEXT.getBytes(Charset.forName(charset)));
    String expected = (mark.isEmpty() ? "" : "\uFEFF") + TEXT;

    assertThat(text("a.jsonl", file.toByteArray()), is(expected));
    assertThat(input("a.jsonl", file.toByteArray()).isPlain(), is(false));
    assertThat(text("a.jsonl", compressed(Compression.GZIP, file.toByteArray())), is(expected));
  }

  @Test
  void utf16OfAnyTextAndAnyBufferIsItsUtf8() {
    Generated.forSeeds(
        200,
        generated -> {
          StringBuilder text = new StringBuilder("{ ");
          for (int i = generated.below(100_000); i > 0; i--) {
            text.appendCodePoint(generated.oneIn(3) ? 0x1F600 + generated.below(50) : 'a' + i % 20);
          }

          try {
            assertThat(text("a", text.toString().getBytes(UTF_16LE)), is(text.toString()));
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void halfAPairAndHalfACharacterLeaveTheirLineBroken() throws IOException {
    byte[] lone = "{\"\uD800\"}\n{}".getBytes(UTF_16BE);
    lone[4] = (byte) 0xD8;
    lone[5] = 0;
    assertThat(HexFormat.of().formatHex(bytes("a", lone)), is("7b22eda080227d0a7b7d"));

    byte[] odd = java.util.Arrays.copyOf("{}".getBytes(UTF_16LE), 5);
    odd[4] = 'x';
    assertThat(HexFormat.of().formatHex(bytes("a", odd)), is("7b7dff"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-32BE", "UTF-32LE"})
  void utf32IsRefused(String charset) {
    for (String mark : List.of("", "\uFEFF")) {
      byte[] file = (mark + TEXT).getBytes(Charset.forName(charset));
      IOException e = assertThrows(IOException.class, () -> input("a.jsonl", file));
      assertThat(e.getMessage(), containsString("iconv -f UTF-32"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "fd377a585a000000,xz",
    "04224d1800000000,lz4",
    "5041523100000000,Parquet",
    "4f626a0100000000,Avro"
  })
  void whatCannotBeReadIsRefused(String file, String name) {
    IOException e =
        assertThrows(IOException.class, () -> input("a.jsonl", HexFormat.of().parseHex(file)));
    assertThat(e.getMessage(), containsString(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{}", "BZh is no compressed file", "\n\n\n", "\0\0\0\0\0"})
  void shortAndOddFilesArePlain(String text) throws IOException {
    assertThat(text("a.jsonl", text.getBytes(UTF_8)), is(text));
    assertThat(input("a.jsonl.gz", text.getBytes(UTF_8)).isPlain(), is(true));
  }

  @Test
  void onlyALargePlainFileIsRead() throws IOException {
    Path small = write("small.gz", new byte[] {'{', '}'});
    Path large = write("large.gz", "{}\n".repeat(12 << 20).getBytes(UTF_8));
    Path wide = write("wide.jsonl", "{}\n".repeat(6 << 20).getBytes(UTF_16LE));

    assertThat(ranges(small), contains(new FileRange(small.toString(), 0, 2)));
    assertThat(ranges(large).size(), is(2));
    assertThat(ranges(wide), contains(new FileRange(wide.toString(), 0, Files.size(wide))));
  }

  private static List<FileRange> ranges(Path file) throws IOException {
    return InputFiles.match(List.of(file.toString())).ranges();
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(directory.resolve(name), bytes);
  }

  private static TextInput input(String name, byte[] file) throws IOException {
    return TextInput.of(name, Channels.newChannel(new ByteArrayInputStream(file)));
  }

  private static byte[] bytes(String name, byte[] file) throws IOException {
    return input(name, file).in().readAllBytes();
  }

  private static String text(String name, byte[] file) throws IOException {
    return new String(bytes(name, file), UTF_8);
  }

  private static byte[] compressed(Compression compression, byte[] text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (var channel = compression.writeCompressed(Channels.newChannel(out))) {
      channel.write(java.nio.ByteBuffer.wrap(text));
    }

    return out.toByteArray();
  }
}
