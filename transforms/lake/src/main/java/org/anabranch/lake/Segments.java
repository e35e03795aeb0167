package org.anabranch.lake;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import org.anabranch.lake.TableHandle.Segment;
import org.anabranch.model.RowBatch;
import org.xerial.snappy.Snappy;

/**
 * Files of records kept beside the rows of a bucket.
 *
 * <p>Format, version 1: the bytes {@code ABK} and the version, then batches: the length in four
 * bytes (big-endian) and the batch ({@link RowBatch}), compressed as one block of Snappy. That a
 * file is complete shows in its size, which is kept with its name.
 */
final class Segments {

  private static final int HEADER = ('A' << 24) | ('B' << 16) | ('K' << 8) | 1;
  private static final int HEADER_BYTES = 4;

  private Segments() {}

  static void read(Segment segment, Consumer<byte[]> batches) throws IOException {
    try (InputStream file = LakeFiles.open(segment.path());
        DataInputStream in = new DataInputStream(new BufferedInputStream(file, 1 << 16))) {
      int header = in.readInt();
      if (header != HEADER) {
        throw new IOException("not kept records of version 1: " + segment.path());
      }

      long left = segment.bytes() - HEADER_BYTES;
      while (left > 0) {
        int length = in.readInt();
        left -= length + 4L;
        if (length < 0 || left < 0) {
          throw new IOException("kept records are damaged in " + segment.path());
        }

        byte[] compressed = new byte[length];
        in.readFully(compressed);
        batches.accept(Snappy.uncompress(compressed));
      }
    }
  }

  /** Writes one segment, from its first batch on. */
  static final class Writer {

    private final int bucket;
    private final String path;
    private final Durability durability;
    private final DataOutputStream out;
    private long records;
    private long bytes = HEADER_BYTES;

    Writer(int bucket, String path, Durability durability) throws IOException {
      this.bucket = bucket;
      this.path = path;
      this.durability = durability;
      out =
          new DataOutputStream(
              new BufferedOutputStream(LakeFiles.create(path, durability), 1 << 16));
      out.writeInt(HEADER);
    }

    void add(byte[] batch) throws IOException {
      byte[] compressed = Snappy.compress(batch);
      out.writeInt(compressed.length);
      out.write(compressed);
      bytes += compressed.length + 4L;
      for (RowBatch.Reader reader = new RowBatch.Reader(batch); reader.next(); ) {
        records++;
      }
    }

    Segment close() throws IOException {
      out.close();
      LakeFiles.complete(path, durability);
      return new Segment(bucket, path, records, bytes);
    }

    void abandon() throws IOException {
      try (out) {
        LakeFiles.delete(path);
      }
    }
  }
}
