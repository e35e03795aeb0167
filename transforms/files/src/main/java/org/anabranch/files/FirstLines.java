package org.anabranch.files;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ReadableByteChannel;
import org.anabranch.model.Internal;
import org.apache.beam.sdk.io.FileSystems;

/** Looks at the first lines of files, decoded as a run reads them. */
@Internal
public final class FirstLines {

  /** A longer line is not looked at further. */
  private static final int MAX_BYTES = 16 << 20;

  private FirstLines() {}

  /** Takes a line, without its line feed. */
  @FunctionalInterface
  public interface Receiver {
    void accept(String file, long offset, byte[] line);
  }

  /**
   * Hands over the first lines of all files together, file after file.
   *
   * @param most lines
   * @return how many there were
   */
  public static int read(InputFiles files, int most, Receiver receiver) throws IOException {
    int lines = 0;
    for (String path : files.sizes().keySet()) {
      if (lines == most) {
        break;
      }

      try (ReadableByteChannel channel =
              FileSystems.open(FileSystems.matchNewResource(path, false));
          InputStream in = new BufferedInputStream(TextInput.of(path, channel).in(), 1 << 16)) {
        lines += read(path, in, most - lines, receiver);
      }
    }

    return lines;
  }

  private static int read(String path, InputStream in, int most, Receiver receiver)
      throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    long start = 0;
    long at = 0;
    int lines = 0;
    while (lines < most) {
      int next = in.read();
      at++;
      if (next >= 0 && next != '\n') {
        line.write(next);
        if (line.size() > MAX_BYTES) {
          return lines;
        }

        continue;
      }

      if (line.size() > 0) {
        receiver.accept(path, start, line.toByteArray());
        lines++;
        line.reset();
      }

      if (next < 0) {
        return lines;
      }

      start = at;
    }

    return lines;
  }
}
