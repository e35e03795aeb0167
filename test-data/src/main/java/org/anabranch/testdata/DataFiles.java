package org.anabranch.testdata;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/**
 * The files {@code changes-NN.jsonl.gz}, one after another in the order of arrival. Every fifth is
 * a small plain {@code .jsonl} file. The gzip header carries no time, so the same lines give the
 * same bytes.
 */
final class DataFiles implements AutoCloseable {

  private static final int PLAIN_EVERY = 5;
  private static final double PLAIN_WEIGHT = 0.1;
  private static final int BUFFER_SIZE_BYTES = 1 << 16;

  private final Path directory;
  private final int count;
  private final Tally tally;
  private int index;
  private OutputStream current;

  private DataFiles(Path directory, int count, Tally tally) throws IOException {
    this.directory = directory;
    this.count = count;
    this.tally = tally;
    this.current = open();
  }

  static DataFiles createIn(Path directory, int count, Tally tally) throws IOException {
    Files.createDirectories(directory);
    try (DirectoryStream<Path> older = Files.newDirectoryStream(directory, "changes-*")) {
      if (older.iterator().hasNext()) {
        throw new IOException(
            "output must hold no changes-* files, remove them first, but was: " + directory);
      }
    }

    return new DataFiles(directory, count, tally);
  }

  void write(String line) {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      current.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    tally.lines++;
    tally.bytes += bytes.length;
  }

  /** Turns to the file that holds the lines at {@code share} (0 to 1) of the simulated time. */
  void moveTo(double share) throws IOException {
    while (index < count - 1 && share >= endOf(index)) {
      next();
    }
  }

  @Override
  public void close() throws IOException {
    while (index < count - 1) {
      next();
    }

    current.close();
  }

  private void next() throws IOException {
    current.close();
    index++;
    current = open();
  }

  private OutputStream open() throws IOException {
    String name =
        String.format(Locale.ROOT, "changes-%02d.jsonl%s", index, isPlain(index) ? "" : ".gz");
    OutputStream file = Files.newOutputStream(directory.resolve(name));
    return isPlain(index)
        ? new BufferedOutputStream(file, BUFFER_SIZE_BYTES)
        : new GZIPOutputStream(file, BUFFER_SIZE_BYTES);
  }

  private double endOf(int file) {
    return weightOfFirst(file + 1) / weightOfFirst(count);
  }

  private static double weightOfFirst(int files) {
    int plain = files / PLAIN_EVERY;
    return files - plain + plain * PLAIN_WEIGHT;
  }

  private static boolean isPlain(int file) {
    return file % PLAIN_EVERY == PLAIN_EVERY - 1;
  }
}
