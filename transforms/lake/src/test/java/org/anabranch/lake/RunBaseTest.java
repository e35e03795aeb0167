package org.anabranch.lake;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.anabranch.transforms.archive.OffsetRanges;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run leaves for whoever takes it over. */
class RunBaseTest {

  @TempDir private Path directory;

  @Test
  void whatIsWrittenIsRead() throws IOException {
    RunBase base =
        new RunBase(
            4,
            Map.of(),
            new Progress(Map.of("log:a/0", 1L), Map.of("read:job/a/0", 2L), "text"),
            new RunRules(
                new SchemaChanges(Policy.FAIL, Map.of("a", Policy.IGNORE)),
                DeadLetterLimit.of(3),
                true),
            OffsetRanges.NONE.with("shop.orders/0", 3, 9),
            new RunPipeline("sales", List.of("dead_letters", "a"), Map.of("totals", 3), true));
    base.write(Storage.at(directory.toString()));

    assertThat(RunBase.read(Storage.at(directory.toString())), is(base));
  }

  @Test
  void aRunOfAnEarlierProgramHasNoRulesForSchemasNoReadProgressAndNoPipeline() throws IOException {
    Files.writeString(
        directory.resolve("run.json"),
        """
        {"version":1,"buckets":4,"tables":[],"progress":{"log:a/0":1},"text":"text"}
        """);

    assertThat(
        RunBase.read(Storage.at(directory.toString())),
        is(
            new RunBase(
                4,
                Map.of(),
                new Progress(Map.of("log:a/0", 1L), "text"),
                RunRules.NONE,
                OffsetRanges.NONE,
                null)));
  }
}
