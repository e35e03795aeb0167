package org.anabranch.launcher;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values that must not be shown: those that references in configuration files stand for, and
 * passwords that stand there in plain text. Whatever is printed for people, engines' logs and stack
 * traces included, goes through {@link #over}, which writes {@value #MASK} for them.
 */
final class Secrets {

  static final String MASK = "***";

  /** Shorter values are in every other word. */
  private static final int MIN_LENGTH = 4;

  private static final Pattern QUOTED = Pattern.compile("\"([^\"]{4,})\"|'([^']{4,})'");

  private static final Pattern NAME =
      Pattern.compile("(?i).*(password|passwd|secret|token|credential|jaas|access-key).*");

  private static final Pattern IN_URI =
      Pattern.compile(
          "(?i)(?:[?&;](?:password|pwd|token|secret)=([^&;\\s]+))|(?://[^/:@\\s]+:([^@/\\s]+)@)");

  private static final Set<String> VALUES = ConcurrentHashMap.newKeySet();

  private Secrets() {}

  /** Forgets those of an earlier call in this process. */
  static void forget() {
    VALUES.clear();
  }

  /** Remembers a value, with its lines and what it has in quotes. */
  static void remember(String value) {
    add(value);
    value.lines().forEach(Secrets::add);
    Matcher quoted = QUOTED.matcher(value);
    while (quoted.find()) {
      add(quoted.group(1) == null ? quoted.group(2) : quoted.group(1));
    }
  }

  private static void add(String value) {
    String text = value.strip();
    if (text.length() >= MIN_LENGTH) {
      VALUES.add(text);
      VALUES.add(URLEncoder.encode(text, StandardCharsets.UTF_8));
      VALUES.add(text.replace("\\", "\\\\").replace("\"", "\\\""));
    }
  }

  /**
   * Looks whether a setting holds a password in plain text, which is remembered.
   *
   * @param written as it stands in the file
   */
  static boolean isPlain(String name, String written) {
    boolean isReference = written.contains("${");
    boolean isFound = false;
    Matcher uri = IN_URI.matcher(written);
    while (uri.find()) {
      String password = uri.group(1) == null ? uri.group(2) : uri.group(1);
      if (!password.contains("${")) {
        add(password);
        isFound = true;
      }
    }

    if (NAME.matcher(name).matches() && !isReference && !written.isBlank()) {
      remember(written);
      isFound = true;
    }

    return isFound;
  }

  /** The text without secrets. */
  static String masked(String text) {
    if (VALUES.isEmpty()) {
      return text;
    }

    String masked = text;
    List<String> longestFirst =
        VALUES.stream().sorted(Comparator.comparingInt(String::length).reversed()).toList();
    for (String value : longestFirst) {
      masked = masked.replace(value, MASK);
    }

    return masked;
  }

  /** A stream to {@code out} that shows no secret, and is flushed with each line. */
  static PrintStream over(PrintStream out) {
    return new Shown(out, true);
  }

  /** The same for many lines, which are flushed when somebody asks. */
  static PrintStream overResults(PrintStream out) {
    return new Shown(out, false);
  }

  private static final class Shown extends PrintStream {

    private final PrintStream below;

    Shown(PrintStream below, boolean flushesLines) {
      super(new Masked(below), flushesLines, StandardCharsets.UTF_8);
      this.below = below;
    }

    @Override
    public boolean checkError() {
      return super.checkError() || below.checkError();
    }
  }

  /** Holds a line until it is whole, for a secret may come in parts. */
  private static final class Masked extends OutputStream {

    private final PrintStream out;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Masked(PrintStream out) {
      this.out = out;
    }

    @Override
    public synchronized void write(int next) {
      if (VALUES.isEmpty() && line.size() == 0) {
        out.write(next);
        return;
      }

      line.write(next);
      if (next == '\n') {
        release();
      }
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) {
      if (VALUES.isEmpty() && line.size() == 0) {
        out.write(bytes, from, length);
        return;
      }

      line.write(bytes, from, length);
      if (length > 0 && bytes[from + length - 1] == '\n') {
        release();
      }
    }

    private void release() {
      show(line.toString(StandardCharsets.UTF_8));
      line.reset();
    }

    private void show(String text) {
      byte[] bytes = masked(text).getBytes(StandardCharsets.UTF_8);
      out.write(bytes, 0, bytes.length);
    }

    /** What may be the beginning of a secret waits for the rest. */
    @Override
    public synchronized void flush() {
      if (line.size() > 0) {
        String text = line.toString(StandardCharsets.UTF_8);
        int held = beginning(text);
        show(text.substring(0, text.length() - held));
        line.reset();
        line.writeBytes(text.substring(text.length() - held).getBytes(StandardCharsets.UTF_8));
      }

      out.flush();
    }

    /** Length of the longest end of a text that is the beginning of a secret. */
    private static int beginning(String text) {
      int longest = 0;
      for (String value : VALUES) {
        for (int length = Math.min(value.length() - 1, text.length()); length > longest; length--) {
          if (value.startsWith(text.substring(text.length() - length))) {
            longest = length;
          }
        }
      }

      return longest;
    }

    /** Nothing more comes. */
    @Override
    public synchronized void close() {
      release();
      out.flush();
    }
  }
}
