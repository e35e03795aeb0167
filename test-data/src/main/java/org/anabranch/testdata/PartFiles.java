package org.anabranch.testdata;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The files {@code part-NNNNN.jsonl} of a directory: plain, in the order they were written. */
final class PartFiles implements AutoCloseable {

  private static final int BUFFER_SIZE_BYTES = 1 << 20;

  private final Path directory;
  private int part = -1;
  private @Nullable OutputStream current;
  private long lines;
  private long bytes;

  private PartFiles(Path directory) {
    this.directory = directory;
  }

  /**
   * Starts without a file.
   *
   * @throws IOException when the directory cannot be made or holds {@code part-*} files
   */
  static PartFiles createIn(Path directory) throws IOException {
    Files.createDirectories(directory);
    try (DirectoryStream<Path> older = Files.newDirectoryStream(directory, "part-*")) {
      if (older.iterator().hasNext()) {
        throw new IOException(
            "output must hold no part-* files, remove them first, but was: " + directory);
      }
    }

    return new PartFiles(directory);
  }

  /** Writes a line to the file of a number that never falls. */
  void write(int number, String line) throws IOException {
    OutputStream out = fileOf(number);
    byte[] text = line.getBytes(StandardCharsets.UTF_8);
    out.write(text);
    out.write('\n');
    lines++;
    bytes += text.length + 1;
  }

  /** Returns the number of lines so far. */
  long lines() {
    return lines;
  }

  /** Returns the size so far, line ends included. */
  long bytes() {
    return bytes;
  }

  @Override
  public void close() throws IOException {
    if (current != null) {
      current.close();
    }
  }

  private OutputStream fileOf(int number) throws IOException {
    if (current != null && number == part) {
      return current;
    }

    close();
    part = number;
    String name = String.format(Locale.ROOT, "part-%05d.jsonl", number);
    OutputStream opened =
        new BufferedOutputStream(Files.newOutputStream(directory.resolve(name)), BUFFER_SIZE_BYTES);
    current = opened;
    return opened;
  }
}
