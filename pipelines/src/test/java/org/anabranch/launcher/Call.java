package org.anabranch.launcher;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.anabranch.launcher.CallContext.Screen;

/** A whole call of the launcher: its exit code and what it wrote to its streams. */
record Call(int code, String out, String err) {

  static Call of(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.call(
            List.of(arguments),
            new CallContext(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Screen.LOG,
                Path.of("..").toAbsolutePath().normalize(),
                Map.of("WH", "/data/w")));
    return new Call(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
