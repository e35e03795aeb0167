package org.anabranch.sparkreader;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * {@code ServeTables WAREHOUSE}: one Spark for many reads. For each line {@code TABLE OUTPUT_DIR}
 * of standard input it writes the newest rows of the table as one Parquet file into that directory
 * and answers with the line {@code ok ROWS} or {@code error REASON}; it prints {@code ready} first
 * and ends with its input.
 */
public final class ServeTables {

  private ServeTables() {}

  /** Serves until standard input ends. */
  public static void main(String[] arguments) throws IOException {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    System.setOut(System.err);
    if (arguments.length != 1) {
      System.err.println("call: ServeTables WAREHOUSE");
      System.exit(2);
    }

    try (LakeReader reader = LakeReader.open(Path.of(arguments[0]));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      out.println("ready");
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        out.println(answer(reader, line));
      }
    }
  }

  /** A failed read is an answer like others: the next line may be fine. */
  private static String answer(LakeReader reader, String line) {
    int space = line.indexOf(' ');
    if (space < 1) {
      return "error the line must be TABLE OUTPUT_DIR, but was: " + line;
    }

    try {
      return "ok "
          + reader.copy(line.substring(0, space), Path.of(line.substring(space + 1))).rows();
    } catch (Exception e) {
      return "error " + String.valueOf(e).replaceAll("\\s+", " ");
    }
  }
}
