package org.anabranch.pipelines;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A Spark with the stock Iceberg runtime in a process of its own, which reads tables. */
final class StockSpark implements AutoCloseable {

  private static final List<String> OPENED =
      List.of(
          "lang",
          "lang.invoke",
          "lang.reflect",
          "io",
          "net",
          "nio",
          "util",
          "util.concurrent",
          "util.concurrent.atomic");

  private final Process process;
  private final BufferedReader answers;
  private final PrintStream questions;
  private final Path directory;
  private int reads;

  private StockSpark(Process process, Path directory) {
    this.process = process;
    this.directory = directory;
    answers = process.inputReader(StandardCharsets.UTF_8);
    questions = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
  }

  /** Starts it; skips the test where its module was not built before. */
  static StockSpark start(Path warehouse, Path directory) throws IOException {
    Path list =
        TestFiles.customer360().resolveSibling("spark-reader").resolve("target/classpath.txt");
    assumeTrue(Files.exists(list), "skipped: test-data/spark-reader is not built: " + list);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    OPENED.forEach(name -> command.add("--add-opens=java.base/java." + name + "=ALL-UNNAMED"));
    for (String name : List.of("nio.ch", "nio.cs", "security.action", "util.calendar")) {
      command.add("--add-opens=java.base/sun." + name + "=ALL-UNNAMED");
    }

    command.addAll(
        List.of(
            "-Xmx1g",
            "-cp",
            Files.readString(list).strip(),
            "org.anabranch.sparkreader.ServeTables",
            warehouse.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectError(Redirect.appendTo(directory.resolve("spark-reader.log").toFile()))
            .start();
    StockSpark spark = new StockSpark(process, directory);
    if (!"ready".equals(spark.answers.readLine())) {
      spark.close();
      throw new AssertionError(Files.readString(directory.resolve("spark-reader.log")));
    }

    return spark;
  }

  /** Reads the newest version of a table; its rows are in these files. */
  List<Path> files(String table) throws IOException {
    Path target = directory.resolve("read-" + reads++ + "-" + table);
    questions.println(table + " " + target);
    String answer = answers.readLine();
    if (answer == null || !answer.startsWith("ok ")) {
      throw new AssertionError(table + ": " + answer);
    }

    try (Stream<Path> files = Files.walk(target)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).toList();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
