package org.anabranch.files;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.model.Internal;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;

/**
 * The input files of a run with their sizes in bytes, fixed when the run is launched, so that a
 * file that appears later belongs to a later run.
 */
@Internal
public record InputFiles(Map<String, Long> sizes) {

  /** Bytes of a file that one worker reads at a time. */
  private static final long RANGE_BYTES = 32L << 20;

  public InputFiles {
    sizes = new TreeMap<>(sizes);
  }

  /**
   * Files that match any of the globs; a file that matches several is there once.
   *
   * @throws IllegalArgumentException naming the glob that matches nothing
   */
  public static InputFiles match(Collection<String> globs) {
    Map<String, Long> sizes = new TreeMap<>();
    for (String glob : globs) {
      List<MatchResult.Metadata> found = matchOne(glob);
      if (found.isEmpty()) {
        throw new IllegalArgumentException("no file matches '" + glob + "'");
      }

      found.forEach(file -> sizes.put(file.resourceId().toString(), file.sizeBytes()));
    }

    return new InputFiles(sizes);
  }

  private static List<MatchResult.Metadata> matchOne(String glob) {
    try {
      return FileSystems.match(glob, EmptyMatchTreatment.DISALLOW).metadata();
    } catch (java.io.FileNotFoundException nothing) {
      return List.of();
    } catch (IOException failure) {
      throw new IllegalArgumentException(
          "cannot list '" + glob + "': " + failure.getMessage(), failure);
    }
  }

  public long totalBytes() {
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Ranges to read. Only a large file is looked at, for whether it can be split: one that is
   * compressed, or in another encoding than UTF-8, cannot.
   *
   * @throws IOException where a file cannot be read
   */
  List<FileRange> ranges() throws IOException {
    List<FileRange> ranges = new ArrayList<>();
    for (Map.Entry<String, Long> file : sizes.entrySet()) {
      String path = file.getKey();
      long size = file.getValue();
      long step = size > RANGE_BYTES && isPlain(path) ? RANGE_BYTES : Math.max(1, size);
      for (long start = 0; start < size; start += step) {
        ranges.add(new FileRange(path, start, Math.min(size, start + step)));
      }
    }

    return ranges;
  }

  private static boolean isPlain(String path) throws IOException {
    try (ReadableByteChannel channel =
        FileSystems.open(FileSystems.matchNewResource(path, false))) {
      return TextInput.of(path, channel).isPlain();
    } catch (IOException e) {
      throw Unreadable.file(path, e);
    }
  }
}
