package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.files.FileChangesIO;
import org.anabranch.lake.LakeCommits;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.LakeIO;
import org.anabranch.transforms.parse.ParseChanges;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.parse.ParseConfig.Others;
import org.anabranch.transforms.parse.ParseConfig.Tombstones;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plain program that ends in our tables, on a runner. */
public abstract class LakeIoConformance {

  @TempDir private Path directory;

  /** Options of the runner under test. */
  protected abstract PipelineOptions options();

  @Test
  void aPlainProgramWritesTheTablesThatReplicateWrites() throws IOException, SQLException {
    Path files = TestFiles.customer360();
    List<String> first = List.of(files.resolve("changes-04.jsonl").toString());
    List<String> second = List.of(files.resolve("changes-01.jsonl.gz").toString());
    Path replicated = directory.resolve("replicated");
    TestRuns.replicate(options(), config(first), replicated);
    TestRuns.replicate(options(), config(second), replicated);
    Path upserted = directory.resolve("upserted");
    upsert(first, upserted);
    upsert(second, upserted);
    assertThat(SameTables.differences(upserted, replicated), is(Map.of()));
  }

  private static TablesConfig config(List<String> files) {
    return new TablesConfig(
        files,
        Map.of(),
        Others.READ,
        Tombstones.IGNORE,
        ParseConfig.UNAVAILABLE,
        Map.of(),
        Set.of("customers"),
        4);
  }

  private void upsert(List<String> files, Path warehouse) {
    Pipeline pipeline = Pipeline.create(options());
    LakeCommits commits =
        pipeline
            .apply(FileChangesIO.read().from(files.toArray(String[]::new)))
            .apply(ParseChanges.debeziumJson().withHistory("customers"))
            .apply(LakeIO.upsert().into(LakeConfig.at(warehouse)).withBuckets(4));
    // Two outputs, for which an engine may evaluate the pipeline twice.
    commits
        .commits()
        .apply("Names", MapElements.into(TypeDescriptors.strings()).via(commit -> commit.table()));
    PAssert.that(
            commits
                .commits()
                .apply(
                    "Tables",
                    MapElements.into(TypeDescriptors.strings()).via(commit -> commit.table())))
        .satisfies(
            tables -> {
              assertThat(Set.copyOf(toList(tables)).contains("customers"), is(true));
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  private static List<String> toList(Iterable<String> elements) {
    List<String> list = new ArrayList<>();
    elements.forEach(list::add);
    return list;
  }
}
