package org.anabranch.pipelines;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;

/**
 * The same lines in another order and in other files, some of them twice. Lines that hold a record
 * keep its coordinate; broken lines are not repeated, because they have none.
 */
final class ShuffledLines {

  private static final int FILES = 7;
  private static final int ONE_REPEATED_IN = 5;

  private ShuffledLines() {}

  static void write(Path from, Path to, long seed) throws IOException {
    Random random = new Random(seed);
    List<String> lines = new ArrayList<>();
    for (String line : read(from)) {
      lines.add(line);
      if (line.endsWith("}") && random.nextInt(ONE_REPEATED_IN) == 0) {
        lines.add(line);
      }
    }

    Collections.shuffle(lines, random);
    Files.createDirectories(to);
    for (int file = 0; file < FILES; file++) {
      Path path = to.resolve("changes-" + file + ".jsonl");
      try (BufferedWriter out = Files.newBufferedWriter(path, StandardCharsets.ISO_8859_1)) {
        for (int i = file; i < lines.size(); i += FILES) {
          out.write(lines.get(i));
          out.write('\n');
        }
      }
    }
  }

  /** All lines, byte for byte, of the files named {@code changes-*}. */
  static List<String> read(Path directory) throws IOException {
    TreeSet<Path> files = new TreeSet<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "changes-*")) {
      found.forEach(files::add);
    }

    List<String> lines = new ArrayList<>();
    for (Path file : files) {
      byte[] bytes = Files.readAllBytes(file);
      if (file.toString().endsWith(".gz")) {
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
          bytes = in.readAllBytes();
        }
      }

      lines.addAll(new String(bytes, StandardCharsets.ISO_8859_1).lines().toList());
    }

    return lines;
  }
}
