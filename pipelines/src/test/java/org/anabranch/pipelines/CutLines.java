package org.anabranch.pipelines;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Lines cut into the inputs of several runs that overlap: every line is in one of them, one record
 * in four in a second one, too, and one input comes twice. Broken lines are not repeated, because
 * they have no coordinate. Lines are read as ISO 8859-1, a character for a byte.
 */
final class CutLines {

  private static final int ONE_REPEATED_IN = 4;

  private CutLines() {}

  /**
   * Writes {@code run-N.jsonl} with the lines in any order, so that older ones come after newer.
   *
   * @param count of different inputs
   * @return inputs in the order of their runs, one more than the count
   */
  static List<Path> shuffled(List<String> lines, Path to, int count, long seed) throws IOException {
    Random random = new Random(seed);
    List<List<String>> parts = emptyParts(count);
    for (String line : lines) {
      int first = random.nextInt(count);
      parts.get(first).add(line);
      if (isRepeated(line, random)) {
        parts.get((first + 1 + random.nextInt(count - 1)) % count).add(line);
      }
    }

    for (List<String> part : parts) {
      Collections.shuffle(part, random);
    }

    List<Path> files = write(parts, to);
    files.add(files.get(random.nextInt(count)));
    Collections.shuffle(files, random);
    return files;
  }

  /** The same with runs that come in the order of the lines; an older one comes again at last. */
  static List<Path> inOrder(List<String> lines, Path to, int count, long seed) throws IOException {
    Random random = new Random(seed);
    List<List<String>> parts = emptyParts(count);
    for (int i = 0; i < lines.size(); i++) {
      int part = i * count / lines.size();
      parts.get(part).add(lines.get(i));
      if (part + 1 < count && isRepeated(lines.get(i), random)) {
        parts.get(part + 1).add(lines.get(i));
      }
    }

    List<Path> files = write(parts, to);
    files.add(files.get(random.nextInt(count)));
    return files;
  }

  private static boolean isRepeated(String line, Random random) {
    return line.endsWith("}") && random.nextInt(ONE_REPEATED_IN) == 0;
  }

  private static List<List<String>> emptyParts(int count) {
    List<List<String>> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      parts.add(new ArrayList<>());
    }

    return parts;
  }

  private static List<Path> write(List<List<String>> parts, Path to) throws IOException {
    List<Path> files = new ArrayList<>();
    for (List<String> part : parts) {
      Path file = to.resolve("run-" + files.size() + ".jsonl");
      files.add(Files.write(file, part, StandardCharsets.ISO_8859_1));
    }

    return files;
  }
}
