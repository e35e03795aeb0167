package org.anabranch.launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.anabranch.model.JsonText;

/**
 * Makes each line that is printed an object, {@code {"time":"2026-11-24T20:00:00.000Z","message":
 * "batch 1: ..."}}, for systems that collect logs.
 */
final class JsonLines extends OutputStream {

  private static final int RETURN = '\r';

  private final PrintStream out;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  private JsonLines(PrintStream out) {
    this.out = out;
  }

  static PrintStream to(PrintStream out) {
    return new PrintStream(new JsonLines(out), true, StandardCharsets.UTF_8);
  }

  @Override
  public synchronized void write(int next) {
    if (next == '\n') {
      print();
    } else if (next != RETURN) {
      line.write(next);
    }
  }

  @Override
  public synchronized void write(byte[] bytes, int from, int length) {
    for (int i = from; i < from + length; i++) {
      write(bytes[i]);
    }
  }

  private void print() {
    String message = line.toString(StandardCharsets.UTF_8);
    line.reset();
    StringBuilder json = new StringBuilder("{\"time\":");
    JsonText.append(json, Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
    JsonText.append(json.append(",\"message\":"), message);
    out.println(json.append('}'));
  }

  @Override
  public synchronized void close() throws IOException {
    if (line.size() > 0) {
      print();
    }

    out.flush();
  }
}
