package org.anabranch.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.regex.Pattern;
import org.anabranch.transforms.report.DeadLetterSample;

/** Tells what a file that does not hold a JSON value a line probably is, and what to do with it. */
final class InputForm {

  /** An array of records a line: all but the last one are followed by a comma, and no JSON. */
  private static final Pattern ARRAY_OF_LINES =
      Pattern.compile("\\s*\\[\\s*(\\n\\s*\\{|\\{[^\\n]*,\\s*\\n).*", Pattern.DOTALL);

  private static final int MOST_FILES = 100;
  private static final int HEAD_BYTES = 4096;

  /** A JSON array that begins the file. */
  private static final Pattern ARRAY = Pattern.compile("\\s*\\[\\s*[{\\]].*", Pattern.DOTALL);

  /** An object whose first member is on a line of its own. */
  private static final Pattern SPREAD = Pattern.compile("\\s*\\{\\s*\\n.*", Pattern.DOTALL);

  /** Names or values between commas, semicolons or tabs. */
  private static final Pattern SEPARATED =
      Pattern.compile(
          "(\"[^\"\\n]*\"|[^{}\\[\\],;\\t\\n]*)([,;\\t](\"[^\"\\n]*\"|[^{}\\[\\],;\\t\\n]*))+");

  private InputForm() {}

  /**
   * Requires that none of the files is a JSON array over many lines. Its last record would be read
   * and all others would not.
   *
   * @throws WrongCallException where one is; of many files the first ones are looked at
   */
  static void requireLines(Collection<String> files) {
    for (String name : files.stream().limit(MOST_FILES).toList()) {
      String head = headOf(name);
      if (ARRAY_OF_LINES.matcher(head).matches()) {
        throw new WrongCallException("--input: " + hint(Path.of(name), head));
      }
    }
  }

  /** How a file begins; nothing of what is no local file, or cannot be read: its reader says so. */
  private static String headOf(String name) {
    try {
      Path file = Path.of(name);
      return Files.isRegularFile(file) ? head(file) : "";
    } catch (IOException | InvalidPathException unreadable) {
      return "";
    }
  }

  /** What to do with the file of a dead letter; empty where it is not a file, or not known. */
  static String hint(DeadLetterSample sample) {
    if (!sample.log().startsWith("/")) {
      return "";
    }

    return hint(Path.of(sample.log()), headOf(sample.log()));
  }

  /** How the file begins; compressed ones begin with what no pattern matches. */
  private static String head(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(HEAD_BYTES), StandardCharsets.UTF_8);
    }
  }

  static String hint(Path file, String head) {
    if (ARRAY.matcher(head).matches()) {
      return "the file is a JSON array; write its records one a line: jq -c '.[]' " + file;
    }

    if (SPREAD.matcher(head).matches()) {
      return "records must not be spread over lines; write each on one: jq -c . " + file;
    }

    String line = head.lines().findFirst().orElse("");
    return SEPARATED.matcher(line).matches()
        ? "the file looks like CSV; write its rows as JSON, one a line, such as with duckdb -c"
            + " \"COPY (FROM '"
            + file
            + "') TO 'rows.jsonl'\", and read them with --plain-rows=TABLE --keys=TABLE:COLUMN"
        : "";
  }
}
