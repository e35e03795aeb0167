package org.anabranch.launcher;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.anabranch.files.InputFiles;
import org.anabranch.pipelines.ChangeSource.ChangeFiles;
import org.anabranch.pipelines.TablesConfig;

/**
 * Files a run reads.
 *
 * @param changes files of change events
 * @param bases files of base tables by table
 */
record Input(InputFiles changes, Map<String, InputFiles> bases) {

  private static final String CHANGES = "--input";

  /**
   * Finds the files.
   *
   * @throws WrongCallException where there are none, or one cannot be read
   */
  static Input of(TablesConfig tables) {
    Map<String, InputFiles> bases = new LinkedHashMap<>();
    tables.bases().forEach((table, glob) -> bases.put(table, match("--base", List.of(glob))));
    List<String> globs =
        tables.source() instanceof ChangeFiles files ? files.globs() : List.<String>of();
    return new Input(match(CHANGES, globs), bases);
  }

  private static InputFiles match(String label, List<String> globs) {
    globs.forEach(glob -> checkNoDirectory(label, glob));
    InputFiles found = matchAll(label, globs);
    for (String path : found.sizes().keySet()) {
      if (!path.contains("://") && !Files.isReadable(Path.of(path))) {
        throw new WrongCallException(label + ": no permission to read " + path);
      }
    }

    if (label.equals(CHANGES)) {
      InputForm.requireLines(found.sizes().keySet());
    }

    return found;
  }

  private static InputFiles matchAll(String label, List<String> globs) {
    try {
      return InputFiles.match(globs);
    } catch (IllegalArgumentException e) {
      throw new WrongCallException(label + ": " + Reasons.of(e), e);
    }
  }

  private static void checkNoDirectory(String label, String glob) {
    try {
      if (Files.isDirectory(Path.of(glob))) {
        throw new WrongCallException(
            "%s: %s is a directory; name the files in it, e.g. '%s'"
                .formatted(label, glob, Path.of(glob).resolve("*")));
      }
    } catch (InvalidPathException notAPath) {
      // A glob of another file system; matching says whether it finds something.
    }
  }

  int files() {
    return changes.sizes().size()
        + bases.values().stream().mapToInt(files -> files.sizes().size()).sum();
  }

  long bytes() {
    return changes.totalBytes() + bases.values().stream().mapToLong(InputFiles::totalBytes).sum();
  }

  /** For people, e.g. {@code 3 files, 12.3 MB}. */
  static String describe(int files, long bytes) {
    return files + (files == 1 ? " file, " : " files, ") + ByteText.of(bytes);
  }
}
