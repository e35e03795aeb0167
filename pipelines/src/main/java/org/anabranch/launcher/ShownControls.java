package org.anabranch.launcher;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.anabranch.model.PrintableText;

/**
 * Shows control characters in UTF-8 text as {@code \u001b}, so that no data moves the cursor of a
 * terminal, or does worse. Line feeds, tabs and the carriage return of a line's end stay.
 */
final class ShownControls extends OutputStream {

  private static final int NOTHING = -1;
  private static final int RETURN = '\r';

  /** First byte of the characters U+0080 to U+00BF, of which the first half are controls. */
  private static final int LATIN = 0xC2;

  private final PrintStream out;

  /** A byte that is not written yet, for what it means depends on the next one. */
  private int held = NOTHING;

  private ShownControls(PrintStream out) {
    this.out = out;
  }

  /** A stream to {@code out}; the same one where it shows control characters already. */
  static PrintStream over(PrintStream out) {
    return out instanceof Shown ? out : new Shown(out);
  }

  /** The stream below, to which control characters can be written. */
  static PrintStream below(PrintStream out) {
    return out instanceof Shown shown ? shown.below : out;
  }

  @Override
  public synchronized void write(int next) {
    int c = next & 0xFF;
    int before = held;
    held = NOTHING;
    if (before == LATIN && c < 0xA0 && c >= 0x80) {
      escape(c);
      return;
    }

    if (before == RETURN && c != '\n') {
      escape(RETURN);
    } else if (before != NOTHING) {
      out.write(before);
    }

    if (c == LATIN || c == RETURN) {
      held = c;
    } else if (isControl(c)) {
      escape(c);
    } else {
      out.write(c);
    }
  }

  @Override
  public synchronized void write(byte[] bytes, int from, int length) {
    int end = from + length;
    int start = from;
    for (int i = from; i < end; i++) {
      int c = bytes[i] & 0xFF;
      if (held != NOTHING || c == LATIN || c == RETURN || isControl(c)) {
        out.write(bytes, start, i - start);
        write(c);
        start = i + 1;
      }
    }

    out.write(bytes, start, end - start);
  }

  private static boolean isControl(int c) {
    return c < 0x80 && PrintableText.isControl(c) && c != '\n' && c != '\t';
  }

  private void escape(int c) {
    byte[] text = PrintableText.escape(c).getBytes(StandardCharsets.US_ASCII);
    out.write(text, 0, text.length);
  }

  @Override
  public void flush() {
    out.flush();
  }

  private static final class Shown extends PrintStream {

    private final PrintStream below;

    Shown(PrintStream below) {
      super(new ShownControls(below), false, StandardCharsets.UTF_8);
      this.below = below;
    }

    @Override
    public boolean checkError() {
      return super.checkError() || below.checkError();
    }
  }
}
