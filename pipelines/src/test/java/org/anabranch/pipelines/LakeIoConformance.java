package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.anabranch.files.FileChangesIO;
import org.anabranch.lake.LakeCommits;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.LakeIO;
import org.anabranch.transforms.parse.ChangeCollection;
import org.anabranch.transforms.parse.ParseChanges;
import org.anabranch.transforms.parse.ParseChanges.DebeziumJson;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.parse.ParseConfig.Others;
import org.anabranch.transforms.parse.ParseConfig.Tombstones;
import org.anabranch.transforms.parse.TableSpec;
import org.anabranch.transforms.parse.TableSpec.Form;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plain program that ends in our tables, on a runner. */
public abstract class LakeIoConformance {

  /** Declared once. */
  private static final String TIME = "timestamptz";

  @TempDir private Path directory;

  /** Options of the runner under test. */
  protected abstract PipelineOptions options();

  /** Options under which the runner works as it does on input without end; none if it cannot. */
  protected Optional<PipelineOptions> streaming() {
    return Optional.of(options());
  }

  @Test
  void aPlainProgramWritesTheTablesThatReplicateWrites() throws IOException, SQLException {
    List<String> lines = Files.readAllLines(TestFiles.customer360().resolve("changes-04.jsonl"));
    int half = lines.size() / 2;
    String first = write("changes-1", lines.subList(0, half / 2));
    String second = write("changes-2", lines.subList(half / 3, half));
    String all = directory.resolve("changes-*").toString();
    Path replicated = directory.resolve("replicated");
    TestRuns.replicate(options(), config(all), replicated);
    Path upserted = directory.resolve("upserted");
    upsert(second, upserted, 1, parse().withType("orders", "ordered_at", TIME));
    // The type is that of the stored column.
    upsert(first, upserted, 2, parse());
    assertThat(SameTables.differences(upserted, replicated), is(Map.of()));
    if (streaming().isPresent()) {
      Path byPanes = directory.resolve("panes");
      upsertByPanes(streaming().orElseThrow(), all, byPanes);
      assertThat(SameTables.differences(byPanes, replicated), is(Map.of()));
    }
  }

  private String write(String name, List<String> lines) throws IOException {
    return Files.write(directory.resolve(name), lines).toString();
  }

  private static void upsertByPanes(PipelineOptions options, String file, Path warehouse) {
    Pipeline pipeline = Pipeline.create(options);
    changes(pipeline, file, parse().withType("orders", "ordered_at", TIME))
        .apply(
            LakeIO.upsert()
                .into(LakeConfig.at(warehouse))
                .withBuckets(4)
                .withTriggeringFrequency(Duration.ofMinutes(1)));
    pipeline.run().waitUntilFinish();
  }

  private static DebeziumJson parse() {
    return ParseChanges.debeziumJson().withHistory("customers");
  }

  private static ChangeCollection changes(Pipeline pipeline, String file, DebeziumJson parse) {
    return pipeline.apply(FileChangesIO.read().from(file)).apply(parse);
  }

  private static TablesConfig config(String file) {
    return new TablesConfig(
        List.of(file),
        Map.of(
            "orders",
            new TableSpec("orders", List.of(), Map.of("ordered_at", TIME), Set.of(), Form.CHANGES)),
        Others.READ,
        Tombstones.IGNORE,
        ParseConfig.UNAVAILABLE,
        Map.of(),
        Set.of("customers"),
        4);
  }

  /** Gives the commits that are not acknowledged yet: of these tables always one, its own. */
  private void upsert(String file, Path warehouse, long version, DebeziumJson parse) {
    Pipeline pipeline = Pipeline.create(options());
    LakeCommits commits =
        changes(pipeline, file, parse)
            .apply(
                LakeIO.upsert()
                    .into(LakeConfig.at(warehouse))
                    .withBuckets(4)
                    .withJob("plain")
                    .withRedelivery());
    // Two outputs, for which an engine may evaluate the pipeline twice.
    commits.acknowledgeAfter(
        commits
            .commits()
            .apply(
                "Names",
                MapElements.into(TypeDescriptors.strings()).via(commit -> commit.table())));
    PAssert.that(
            commits
                .commits()
                .apply("Customers", Filter.by(commit -> commit.table().equals("customers")))
                .apply(
                    "Versions",
                    MapElements.into(TypeDescriptors.longs()).via(commit -> commit.version())))
        .containsInAnyOrder(version);
    pipeline.run().waitUntilFinish();
  }
}
