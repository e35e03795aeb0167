package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.anabranch.testdata.FuzzRuns;
import org.anabranch.testdata.FuzzRuns.Answer;
import org.anabranch.testdata.MutatedLines;
import org.anabranch.testdata.Mutation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines as faulty sources send them, replicated by the launcher. */
class FuzzTest {

  private static final int LINES = 200_000;
  private static final Path TEST_DATA = Path.of("..", "test-data");

  @TempDir Path directory;

  @Tag("proof")
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void manySpoiledLinesAreReplicated(boolean declaresKeys) throws IOException {
    long seed = Long.getLong("anabranch.fuzz.seed", 1);
    List<byte[]> lines =
        new MutatedLines(MutatedLines.read(TEST_DATA), seed, EnumSet.allOf(Mutation.class))
            .lines(LINES);
    FuzzRuns runs =
        new FuzzRuns(FuzzTest::call, FuzzRuns.options("direct", declaresKeys), System.out);
    assertThat("seed " + seed, runs.check(lines, directory), is(empty()));
  }

  private static Answer call(List<String> arguments) {
    Call call = Call.of(arguments.toArray(String[]::new));
    return new Answer(call.code(), call.out().lines().toList(), call.err().lines().toList());
  }
}
