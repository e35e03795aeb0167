package org.anabranch;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.anabranch.testdata.LocalBroker;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Tests must be able to fail: a fault is put into a copy of the sources, one at a time, and the
 * test of the guarantee that it breaks, which {@code mvn verify} runs, has to find it.
 */
@Tag("proof")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultsTest {

  private static final long LONGEST_BUILD_MINUTES = 20;
  private static final Set<String> NOT_COPIED = Set.of(".git", "target");
  private static final Pattern NOT_PASSED = Pattern.compile("(errors|failures)=\"(\\d+)\"");

  /**
   * A fault.
   *
   * @param guarantee that it breaks
   * @param module of the test
   * @param test that finds it
   * @param file of the fault
   * @param right what stands there, once
   * @param wrong what stands there with the fault
   */
  record Fault(
      String guarantee, String module, String test, String file, String right, String wrong) {

    @Override
    public String toString() {
      return guarantee + ": " + test;
    }
  }

  private static final String MODEL = "transforms/model/src/main/java/org/anabranch/model/";
  private static final String BEAM = "transforms/beam/src/main/java/org/anabranch/transforms/";
  private static final String LAKE = "transforms/lake/src/main/java/org/anabranch/lake/";
  private static final String KAFKA = "transforms/kafka/src/main/java/org/anabranch/kafka/";
  private static final String LAUNCHER = "pipelines/src/main/java/org/anabranch/launcher/";

  static final List<Fault> FAULTS =
      List.of(
          new Fault(
              "the order of changes is that of their log",
              "transforms/model",
              "PositionTest",
              MODEL + "Position.java",
              "order = Long.compare(partition, otherPartition);",
              "order = 0;"),
          new Fault(
              "a commit is applied once",
              "transforms/lake",
              "UnknownOutcomeTest",
              LAKE + "TableCommit.java",
              "if (state.contains(token))",
              "if (state.contains(token + token))"),
          new Fault(
              "two writers lose nothing",
              "transforms/lake",
              "LakeRunTest",
              LAKE + "Changes.java",
              """
              snapshot != base.handle().snapshotId()
                      || now.currentSchemaId() != base.schemaId()
                      || !stateName.equals(base.state());
              """,
              """
              (snapshot == -2
                      && (now.currentSchemaId() != base.schemaId()
                      || !stateName.equals(base.state())));
              """),
          new Fault(
              "a power cut leaves the old or the new tables",
              "transforms/lake",
              "PowerCutsTest",
              LAKE + "Disk.java",
              "if (directory != null) {",
              "if (directory != null && directory.equals(file)) {"),
          new Fault(
              "nothing that anybody needs is deleted",
              "transforms/lake",
              "WhatMayBeDeletedTest",
              LAKE + "Upkeep.java",
              "return run != null && runs.neverCommitted().contains(run);",
              "return run != null && !runs.alive().contains(run);"),
          new Fault(
              "values that were not sent are carried over key changes",
              "transforms/beam",
              "BucketMergeTest",
              BEAM + "merge/CarriedValues.java",
              "offers.put(Move.of(offer.oldKey(), offer.newKey()",
              "offers.put(Move.of(offer.oldKey(), offer.oldKey()"),
          new Fault(
              "no file is written whose rows are out of order",
              "transforms/beam",
              "KeyCheckTest",
              BEAM + "merge/KeyCheck.java",
              "if (compare(last, key) > 0)",
              "if (compare(last, key) > 1_000_000)"),
          new Fault(
              "what is late says the log",
              "transforms/beam",
              "InteractionsByWindowTest",
              BEAM + "customer/WindowRule.java",
              "loggedAt.toEpochMilli() >= endOf(occurredAt)",
              "loggedAt.toEpochMilli() > endOf(occurredAt)"),
          new Fault(
              "a dead letter has all its bytes",
              "transforms/beam",
              "ChangeCollectorTest",
              BEAM + "parse/DeadLetters.java",
              "raw(raw, from, length, length);",
              "raw(raw, from, length - 1, length);"),
          new Fault(
              "aborted records are not read",
              "transforms/kafka",
              "SliceReaderTest",
              KAFKA + "KafkaConfig.java",
              "\"read_committed\"",
              "\"read_uncommitted\""),
          new Fault(
              "a table of two sources is refused",
              "pipelines",
              "RefusedTablesTest",
              BEAM + "source/TableVerdict.java",
              "sources.size() < 2",
              "sources.size() < 3"),
          new Fault(
              "too many dead letters refuse the run",
              "pipelines",
              "MainTest",
              LAKE + "DeadLetterLimit.java",
              "return dead > Long.parseLong(text);",
              "return dead < Long.parseLong(text);"),
          new Fault(
              "no secret is printed",
              "pipelines",
              "SecretsTest",
              LAUNCHER + "Secrets.java",
              "masked = masked.replace(value, MASK);",
              "masked = masked.replace(MASK, value);"),
          new Fault(
              "order, cut and repetition change no table",
              "pipelines",
              "CasesTest",
              MODEL + "Position.java",
              "int order = Long.compare(major, otherMajor);",
              "int order = 0;"),
          new Fault(
              "a package looks down only",
              "pipelines",
              "FloorsTest",
              "pipelines/src/main/java/org/anabranch/pipelines/Target.java",
              "  /** Adds the last step. */",
              """
                @SuppressWarnings("unused")
                private static final Class<?> ABOVE = org.anabranch.launcher.Main.class;

                /** Adds the last step. */"""));

  private Path copy = Path.of("");

  @BeforeAll
  void copy(@TempDir Path directory) throws IOException {
    copy = directory.resolve("sources");
    Path home = LocalBroker.home();
    Files.walkFileTree(
        home,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
              throws IOException {
            if (NOT_COPIED.contains(String.valueOf(path.getFileName()))) {
              return FileVisitResult.SKIP_SUBTREE;
            }

            Files.createDirectories(copy.resolve(home.relativize(path)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(file, copy.resolve(home.relativize(file)));
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @ParameterizedTest
  @FieldSource("FAULTS")
  void isFoundByTheTestOfItsGuarantee(Fault fault) throws Exception {
    Path file = copy.resolve(fault.file());
    String text = Files.readString(file);
    assertThat(fault.file(), text.split(Pattern.quote(fault.right()), -1).length, is(2));
    Files.writeString(file, text.replace(fault.right(), fault.wrong()));
    try {
      String printed = test(fault);
      assertThat(printed, printed, not(containsString("COMPILATION ERROR")));
      assertThat(printed, notPassed(fault), is(greaterThan(0)));
    } finally {
      Files.writeString(file, text);
    }
  }

  /** Runs the test as {@code mvn verify} does; gives what the build printed. */
  private String test(Fault fault) throws IOException, InterruptedException {
    File log = copy.resolve("faults.log").toFile();
    Process build =
        new ProcessBuilder(
                "mvn",
                "-B",
                "-ntp",
                "test",
                "-pl",
                fault.module(),
                "-am",
                "-Dtest=" + fault.test(),
                "-Dsurefire.failIfNoSpecifiedTests=false",
                // A fault need not please the other checks.
                "-Dspotless.check.skip=true")
            .directory(copy.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    try {
      assertThat("in time", build.waitFor(LONGEST_BUILD_MINUTES, TimeUnit.MINUTES), is(true));
    } finally {
      build.destroy();
    }

    return Files.readString(log.toPath());
  }

  private int notPassed(Fault fault) throws IOException {
    try (Stream<Path> reports =
        Files.list(copy.resolve(fault.module()).resolve("target/surefire-reports"))) {
      Path report =
          reports
              .filter(path -> path.getFileName().toString().startsWith("TEST-"))
              .filter(path -> path.toString().endsWith("." + fault.test() + ".xml"))
              .findFirst()
              .orElseThrow();
      int count = 0;
      String suite = Files.readString(report).lines().skip(1).findFirst().orElseThrow();
      for (Matcher number = NOT_PASSED.matcher(suite); number.find(); ) {
        count += Integer.parseInt(number.group(2));
      }

      Files.delete(report);
      return count;
    }
  }
}
