package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A value that a reference stands for, and a password in plain text, appear nowhere. */
class SecretsTest {

  private static final String CANARY = "canary-4711-bird";
  private static final String EVENT =
      "{\"op\":\"c\",\"after\":{\"id\":1},\"source\":{\"table\":\"orders\"}}\n";

  @TempDir Path directory;

  @AfterEach
  void forget() {
    Secrets.forget();
  }

  private Path config(String text) throws IOException {
    Files.writeString(directory.resolve("secret"), CANARY + "\n");
    return Files.writeString(
        directory.resolve("run.yaml"), text.replace("SECRET", "${file:" + directory + "/secret}"));
  }

  private void showsNothing(Call call) throws IOException {
    assertThat(call.out(), not(containsString(CANARY)));
    assertThat(call.err(), not(containsString(CANARY)));
    Matcher details = Pattern.compile("details: (\\S+\\.txt)").matcher(call.err());
    while (details.find()) {
      assertThat(Files.readString(Path.of(details.group(1))), not(containsString(CANARY)));
    }

    try (var files = Files.walk(directory.resolve("warehouse"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(
            Files.readString(file, StandardCharsets.ISO_8859_1), not(containsString(CANARY)));
      }
    } catch (java.nio.file.NoSuchFileException none) {
      assertThat(Files.exists(directory.resolve("warehouse")), is(false));
    }
  }

  private List<Call> calls(Path config) throws IOException {
    Path input = Files.writeString(directory.resolve("in.jsonl"), EVENT);
    String warehouse = "--warehouse=" + directory.resolve("warehouse");
    return List.of(
        Call.of("check", "replicate", "--input=" + input, warehouse, "--config=" + config),
        Call.of(
            "run",
            "replicate",
            "--input=" + input,
            warehouse,
            "--config=" + config,
            "--keys=orders:id"),
        Call.of(
            "run", "replicate", "--input=" + input, warehouse, "--config=" + config, "--verbose"),
        Call.of("tables", warehouse, "--config=" + config));
  }

  @Test
  void noOptionShowsWhatAReferenceStandsFor() throws IOException {
    for (String text :
        List.of(
            "catalog: {type: jdbc, uri: 'jdbc:nothing:SECRET'}",
            "catalog: {type: rest, uri: 'http://127.0.0.1:1/SECRET', token: SECRET}",
            "catalog: {type: SECRET}",
            "buckets: SECRET",
            "columns: 'orders:id SECRET'",
            "options: {target-parallelism: SECRET}",
            "mode: SECRET",
            "runner: SECRET")) {
      for (Call call : calls(config(text))) {
        showsNothing(call);
      }
    }
  }

  @Test
  void passwordsInPlainTextAreWarnedOfAndMasked() throws IOException {
    Path config =
        config("catalog: {type: jdbc, uri: 'jdbc:nothing://h/d?user=me&password=" + CANARY + "'}");
    for (Call call : calls(config)) {
      showsNothing(call);
      assertThat(call.err(), containsString("uri holds a password in plain text"));
    }

    Path kafka = config("kafka: {sasl.jaas.config: 'x password=\"" + CANARY + "\";'}");
    for (Call call : calls(kafka).subList(0, 3)) {
      showsNothing(call);
      assertThat(call.err(), containsString("sasl.jaas.config holds a password in plain text"));
    }
  }

  @Test
  void aSecretIsMaskedWhereverALineIsCut() {
    Secrets.remember("two\nlines-of-it");
    Secrets.remember("login \"inner-word\"");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream masked = Secrets.over(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    masked.write("a lines-".getBytes(StandardCharsets.UTF_8), 0, 8);
    masked.println("of-it, inner-word");
    masked.print("no line feed, inner");
    assertThat(bytes.toString(StandardCharsets.UTF_8), is("a ***, ***\nno line feed, "));
    masked.close();
    assertThat(bytes.toString(StandardCharsets.UTF_8), is("a ***, ***\nno line feed, inner"));
  }
}
