package org.anabranch.files;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.io.Compression;

/**
 * What the first bytes of a file say of the rest: how it is compressed, and in which encoding its
 * text is. Names of files are not believed, except for forms of compression without a mark.
 */
final class FirstBytes {

  /** As many as the longest mark has. */
  static final int COUNT = 10;

  /** Forms of compression that have no mark of their own, by which a name alone decides. */
  private static final Set<Compression> UNMARKED =
      Set.of(Compression.DEFLATE, Compression.LZO, Compression.LZOP, Compression.SNAPPY);

  private static final Map<String, Compression> READ =
      Map.of(
          "1f8b", Compression.GZIP,
          "28b52ffd", Compression.ZSTD,
          "425a68", Compression.BZIP2,
          "504b0304", Compression.ZIP);

  /** Forms of files that are often taken for text. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "fd377a585a00", "compressed with xz",
          "04224d18", "compressed with lz4",
          "4c5a4950", "compressed with lzip",
          "377abcaf271c", "a 7z archive",
          "50415231", "a Parquet file",
          "4f626a01", "an Avro file");

  private final byte[] bytes;

  FirstBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** How the bytes of lines are written. */
  enum Encoding {
    UTF_8,
    UTF_16_BE,
    UTF_16_LE
  }

  /**
   * How the file is compressed.
   *
   * @throws IOException where it has a form that cannot be read
   */
  Compression compression(String path) throws IOException {
    for (Map.Entry<String, Compression> mark : READ.entrySet()) {
      if (startsWith(mark.getKey()) && (mark.getValue() != Compression.BZIP2 || isBzip2())) {
        return mark.getValue();
      }
    }

    if (isSkippableFrame()) {
      return Compression.ZSTD;
    }

    for (Map.Entry<String, String> mark : REFUSED.entrySet()) {
      if (startsWith(mark.getKey())) {
        throw new IOException(
            "it is "
                + mark.getValue()
                + "; change files must be lines of JSON, plain or compressed with gzip, zstd or"
                + " bzip2");
      }
    }

    Compression byName = Compression.detect(path);
    return UNMARKED.contains(byName) ? byName : Compression.UNCOMPRESSED;
  }

  /** A digit for the size of the blocks, then the number pi for a block or its root for the end. */
  private boolean isBzip2() {
    return bytes.length > 4
        && bytes[3] >= '1'
        && bytes[3] <= '9'
        && (bytes[4] == 0x31 || bytes[4] == 0x17);
  }

  /** A frame of zstd that holds no data but may stand before one that does. */
  private boolean isSkippableFrame() {
    return bytes.length >= 4
        && (bytes[0] & 0xF0) == 0x50
        && bytes[1] == 0x2A
        && bytes[2] == 0x4D
        && bytes[3] == 0x18;
  }

  /**
   * The encoding of uncompressed text: by its mark, else by where the bytes of the first two
   * characters are zero, which belong to ASCII in JSON (RFC 4627, 3).
   *
   * @throws IOException for UTF-32
   */
  Encoding encoding() throws IOException {
    boolean isUtf32 =
        startsWith("0000feff")
            || startsWith("fffe0000")
            || hasZeros(true, true, true, false)
            || hasZeros(false, true, true, true);
    if (isUtf32) {
      throw new IOException(
          "it is in UTF-32; convert it, e.g. with: iconv -f UTF-32 -t UTF-8 FILE > NEW");
    }

    if (startsWith("feff") || hasZeros(true, false, true, false)) {
      return Encoding.UTF_16_BE;
    }

    boolean isLittle = startsWith("fffe") || hasZeros(false, true, false, true);
    return isLittle ? Encoding.UTF_16_LE : Encoding.UTF_8;
  }

  private boolean hasZeros(boolean first, boolean second, boolean third, boolean fourth) {
    return bytes.length >= 4
        && isZero(0, first)
        && isZero(1, second)
        && isZero(2, third)
        && isZero(3, fourth);
  }

  private boolean isZero(int at, boolean zero) {
    return zero ? bytes[at] == 0 : bytes[at] > 0;
  }

  private boolean startsWith(String mark) {
    int length = mark.length() / 2;
    if (bytes.length < length) {
      return false;
    }

    for (int i = 0; i < length; i++) {
      if ((bytes[i] & 0xFF) != Integer.parseInt(mark.substring(2 * i, 2 * i + 2), 16)) {
        return false;
      }
    }

    return true;
  }
}
