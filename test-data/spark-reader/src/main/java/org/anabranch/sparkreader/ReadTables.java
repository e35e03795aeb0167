package org.anabranch.sparkreader;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * {@code ReadTables [--time=N] WAREHOUSE OUTPUT_DIR TABLE...}: writes each table as one Parquet
 * file below {@code OUTPUT_DIR/TABLE} and prints a line of JSON with its row count and columns.
 * With {@code --time} it writes nothing; it scans each table N times and prints the seconds.
 */
public final class ReadTables {

  private static final String TIME = "--time=";
  private static final String USAGE = "call: ReadTables [--time=N] WAREHOUSE OUTPUT_DIR TABLE...";

  private ReadTables() {}

  /** Ends with 0 when done, 2 when the call is wrong, 1 when it failed. */
  public static void main(String[] arguments) {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    System.setOut(System.err);
    List<String> words = new ArrayList<>(List.of(arguments));
    int times = 0;
    for (String argument : arguments) {
      if (argument.startsWith(TIME)) {
        times = Integer.parseInt(argument.substring(TIME.length()));
        words.remove(argument);
      }
    }

    if (words.size() < 3) {
      System.err.println(USAGE);
      System.exit(2);
    }

    try (LakeReader reader = LakeReader.open(Path.of(words.get(0)))) {
      Path output = Path.of(words.get(1));
      for (String table : words.subList(2, words.size())) {
        if (times == 0) {
          out.println(reader.copy(table, output.resolve(table)).json());
        } else {
          scan(reader, table, times, out);
        }
      }
    }
  }

  private static void scan(LakeReader reader, String table, int times, PrintStream out) {
    for (int i = 1; i <= times; i++) {
      out.println(
          "{\"table\":\"%s\",\"scan\":%d,\"seconds\":%s}"
              .formatted(table, i, String.format(Locale.ROOT, "%.3f", reader.scan(table))));
    }
  }
}
