package org.anabranch.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import org.apache.beam.sdk.io.Compression;

/**
 * The text of a file, decompressed and in UTF-8, whatever the file is.
 *
 * @param in the text
 * @param isPlain whether these are the bytes of the file as they are, so that it can be read in
 *     ranges
 */
record TextInput(InputStream in, boolean isPlain) {

  /**
   * Reads a file from its beginning.
   *
   * @throws IOException where it has a form that cannot be read
   */
  static TextInput of(String path, ReadableByteChannel channel) throws IOException {
    Peeked file = Peeked.of(channel);
    Compression compression = file.first().compression(path);
    return compression == Compression.UNCOMPRESSED
        ? decoded(file, true)
        : decoded(Peeked.of(compression.readDecompressed(file)), false);
  }

  private static TextInput decoded(Peeked text, boolean isPlain) throws IOException {
    InputStream in = Channels.newInputStream(text);
    return switch (text.first().encoding()) {
      case UTF_8 -> new TextInput(in, isPlain);
      case UTF_16_BE -> new TextInput(Utf16Input.bigEndian(in), false);
      case UTF_16_LE -> new TextInput(Utf16Input.littleEndian(in), false);
    };
  }

  /** A channel whose first bytes were looked at. */
  private record Peeked(FirstBytes first, ByteBuffer head, ReadableByteChannel rest)
      implements ReadableByteChannel {

    static Peeked of(ReadableByteChannel channel) throws IOException {
      ByteBuffer head = ByteBuffer.allocate(FirstBytes.COUNT);
      int read = 0;
      while (head.hasRemaining() && read >= 0) {
        read = channel.read(head);
      }

      head.flip();
      byte[] bytes = new byte[head.remaining()];
      head.duplicate().get(bytes);
      return new Peeked(new FirstBytes(bytes), head, channel);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      if (!head.hasRemaining()) {
        return rest.read(target);
      }

      int count = Math.min(head.remaining(), target.remaining());
      for (int i = 0; i < count; i++) {
        target.put(head.get());
      }

      return count;
    }

    @Override
    public boolean isOpen() {
      return rest.isOpen();
    }

    @Override
    public void close() throws IOException {
      rest.close();
    }
  }
}
