package org.anabranch.testdata;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.anabranch.testdata.ShopGenerator.Options;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

  @TempDir Path directory;

  @Test
  void onlyTheOutputMustBeGiven() {
    Options options = CommandLine.parse(new String[] {"--output=x"});

    assertThat(options, is(new Options(Path.of("x"), 1_000, 1, 1, 10, 0.02, 0.01, 500)));
  }

  @Test
  void everyOptionIsRead() {
    String line =
        "--output=y --customers=7 --scale=2.5 --seed=-8000000000 --files=3 --duplicates=0.1"
            + " --broken=0.2 --disorder=9";

    assertThat(
        CommandLine.parse(line.split(" ")),
        is(new Options(Path.of("y"), 7, 2.5, -8_000_000_000L, 3, 0.1, 0.2, 9)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--output=",
        "output=x",
        "--output=x --customers=0",
        "--output=x --customers=many",
        "--output=x --customers=3000000000",
        "--output=x --scale=NaN",
        "--output=x --files=1001",
        "--output=x --duplicates=0.6",
        "--output=x --broken=-0.1",
        "--output=x --disorder=x",
        "--output=x --colour=red"
      })
  void aWrongCallIsToldInOneLine(String line) {
    Call call = call(line.isEmpty() ? new String[0] : line.split(" "));

    assertThat(call.exit, is(2));
    assertThat(call.err.lines().count(), is(1L));
    assertThat(call.out, is(""));
  }

  @Test
  void aFailureToWriteIsToldInOneLine() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    Call call = call("--output=" + file);

    assertThat(call.exit, is(1));
    assertThat(call.err.lines().count(), is(1L));
  }

  @Test
  void printsTheManifest() throws Exception {
    Call call = call("--output=" + directory, "--customers=20");

    assertThat(call.exit, is(0));
    assertThat(call.out, is(Files.readString(directory.resolve("manifest.json"))));
  }

  @Test
  void helpNamesEveryOption() {
    Call call = call("--help");

    assertThat(call.exit, is(0));
    assertThat(call.out, containsString("--customers=N"));
  }

  private static Call call(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit =
        ShopGenerator.run(
            arguments,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Call(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private record Call(int exit, String out, String err) {}
}
