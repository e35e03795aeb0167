package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonLinesTest {

  private static final String TIME = "\\{\"time\":\"\\d{4}-\\d\\d-\\d\\dT[^\"]*Z\",";

  @Test
  void eachLineIsAnObject() {
    List<String> lines = printed("one \"two\"\nthree\\\n");

    assertThat(lines.size(), is(2));
    assertThat(lines.get(0), matchesPattern(TIME + "\"message\":\"one \\\\\"two\\\\\"\"}"));
    assertThat(lines.get(1), matchesPattern(TIME + "\"message\":\"three\\\\\\\\\"}"));
  }

  @Test
  void aLineThatIsNotEndedIsPrintedAtTheEnd() {
    assertThat(printed("half").get(0), matchesPattern(TIME + "\"message\":\"half\"}"));
  }

  private static List<String> printed(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = JsonLines.to(new PrintStream(bytes, true, StandardCharsets.UTF_8))) {
      out.print(text);
    }

    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
