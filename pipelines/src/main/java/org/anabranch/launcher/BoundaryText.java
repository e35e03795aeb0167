package org.anabranch.launcher;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.anabranch.model.Values;
import org.anabranch.transforms.source.Boundary;
import org.apache.beam.sdk.io.Compression;
import org.jspecify.annotations.Nullable;

/**
 * Where a generation of a source begins, as people write it: an instant of the source, offsets of
 * partitions as {@code TOPIC/PARTITION:OFFSET}, or a line of a file, counted from 1, as {@code
 * FILE:LINE}.
 */
final class BoundaryText {

  private static final Pattern PLACE = Pattern.compile("(.+):(\\d{1,18})");
  private static final Pattern PARTITION = Pattern.compile("(.+)/(\\d{1,9})");
  private static final String FORM =
      "must be an instant such as 2026-07-01T00:00:00Z, TOPIC/PARTITION:OFFSET,... or FILE:LINE";

  private BoundaryText() {}

  /**
   * Reads a boundary; a line is looked for in its file.
   *
   * @param texts an instant or a line, or the offsets of partitions
   * @throws IllegalArgumentException saying what is allowed
   */
  static Boundary parse(List<String> texts) {
    Map<String, Long> offsets = new TreeMap<>();
    for (String text : texts) {
      Matcher place = PLACE.matcher(text.strip());
      Boundary single = place.matches() ? placed(place, offsets) : instant(text);
      if (single != null && texts.size() > 1) {
        throw new IllegalArgumentException(FORM + ", but is a list with: " + text);
      }

      if (single != null) {
        return single;
      }
    }

    return new Boundary.AtOffsets(offsets);
  }

  /** A line, or null for an offset, which is added. */
  private static @Nullable Boundary placed(Matcher place, Map<String, Long> offsets) {
    long number = Long.parseLong(place.group(2));
    Matcher partition = PARTITION.matcher(place.group(1));
    if (!partition.matches()) {
      return line(place.group(1), number);
    }

    String log = partition.group(1);
    if (log.indexOf('/') >= 0) {
      // As a refusal tells a place in a file.
      return new Boundary.AtLine(log, number);
    }

    offsets.put(place.group(1), number);
    return null;
  }

  private static Boundary instant(String text) {
    try {
      return new Boundary.AtTime(Values.micros(Instant.parse(text.strip())));
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException(FORM + ", but was: " + text, e);
    }
  }

  private static Boundary line(String file, long line) {
    Path path = Path.of(file).toAbsolutePath().normalize();
    if (line < 1 || !Files.isRegularFile(path)) {
      throw new IllegalArgumentException(
          FORM + ", but there is no such line: " + file + ":" + line);
    }

    try (InputStream in =
        new BufferedInputStream(
            Channels.newInputStream(
                Compression.detect(path.toString())
                    .readDecompressed(Files.newByteChannel(path))))) {
      long offset = 0;
      long at = 1;
      while (at < line) {
        int read = in.read();
        if (read < 0) {
          throw new IllegalArgumentException(
              FORM + ", but " + file + " has only " + at + " lines, not " + line);
        }

        offset++;
        at += read == '\n' ? 1 : 0;
      }

      return new Boundary.AtLine(path.toString(), offset);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read " + path + ": " + Reasons.of(e), e);
    }
  }
}
