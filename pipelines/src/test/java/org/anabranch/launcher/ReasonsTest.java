package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class ReasonsTest {

  @Test
  void theDeepestCauseIsTheReason() {
    Exception failure =
        new RuntimeException(
            "java.lang.RuntimeException: x",
            new IllegalStateException(new IOException("disk full")));

    assertThat(Reasons.of(failure), is("disk full"));
  }

  @Test
  void aTypeThatSaysSomethingIsNamed() {
    assertThat(
        Reasons.of(new ArithmeticException("/ by zero")), is("ArithmeticException: / by zero"));
    assertThat(Reasons.of(new NullPointerException()), is("NullPointerException"));
  }

  @Test
  void failuresOfFilesAreSentences() {
    assertThat(Reasons.of(new NoSuchFileException("/x")), is("there is no file /x"));
    assertThat(Reasons.of(new AccessDeniedException("/x")), is("no permission for /x"));
    assertThat(Reasons.of(new EOFException()), containsString("cut off"));
  }

  @Test
  void theCauseInTheTextOfAnotherProcessIsFound() {
    String text =
        """
        Job aborted due to stage failure: Task 0 in stage 0.0 failed 1 times, most recent failure: \
        Lost task 0.0 in stage 0.0 (TID 0) (host executor driver): \
        org.apache.beam.sdk.util.UserCodeException: java.lang.IllegalStateException: no column 'id'
        \tat org.example.Fn.process(Fn.java:1)
        Driver stacktrace:\
        """;

    assertThat(Reasons.of(new RuntimeException(text)), is("no column 'id'"));
    assertThat(
        Reasons.of(
            new RuntimeException(text + "\nCaused by: java.io.IOException: disk full\n\tat x")),
        is("disk full"));
  }

  @Test
  void aReasonIsOneLine() {
    assertThat(Reasons.of(new IOException("\n first \nsecond")), is("first"));
  }

  @Test
  void runningOutOfMemorySaysWhatHelps() {
    Throwable failure = new RuntimeException(new OutOfMemoryError("Java heap space"));

    assertThat(Reasons.of(failure), containsString("ANABRANCH_JAVA_OPTS=-Xmx4g"));
  }

  @Test
  void causesThatGoInCirclesEnd() {
    Exception outer = new Exception("outer");
    Exception inner = new IOException("inner", outer);
    outer.initCause(inner);

    assertThat(Reasons.of(outer), is("inner"));
  }
}
