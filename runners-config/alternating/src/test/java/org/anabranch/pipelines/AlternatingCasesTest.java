package org.anabranch.pipelines;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.anabranch.transforms.parse.ParseConfig.Tombstones;
import org.anabranch.transforms.parse.TableSpec;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

/** The cases by calls of the script, each run on another runner than the one before. */
@Tag("proof")
class AlternatingCasesTest extends CasesConformance {

  private RunnersInTurn runners;

  @BeforeEach
  void findRunners() throws IOException {
    runners = new RunnersInTurn(directory);
  }

  @Override
  protected PipelineOptions options() {
    throw new UnsupportedOperationException("runs are processes of their own");
  }

  @Override
  int ways() {
    return 3;
  }

  /** Required columns are declared by pipelines, not on the command line. */
  @Override
  boolean canDeclare(Case each) {
    return each.spec().required().isEmpty();
  }

  @Override
  void run(List<Case> cases, Map<String, Path> inputs, Tombstones tombstones, Path warehouse)
      throws IOException {
    List<String> call = new ArrayList<>(List.of("run", "replicate", "--runner=" + runners.next()));
    call.add("--warehouse=" + warehouse);
    call.add("--tombstones=" + tombstones.name().toLowerCase(Locale.ROOT));
    call.add("--buckets=2");
    addJoined(call, "--input=", ",", cases, each -> inputs.get(each.name()).toString());
    addJoined(call, "--history=", ",", cases, each -> each.hasHistory() ? each.table() : "");
    addJoined(call, "--keys=", ",", cases, each -> key(each.spec()));
    addJoined(call, "--columns=", ";", cases, each -> columns(each.spec()));
    addJoined(call, "--plain-rows=", ",", cases, each -> each.hasRows() ? each.table() : "");
    addJoined(call, "--route=", ",", cases, AlternatingCasesTest::route);
    try {
      runners.succeed(call);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static void addJoined(
      List<String> call,
      String option,
      String separator,
      List<Case> cases,
      Function<Case, String> declaration) {
    String text =
        cases.stream()
            .map(declaration)
            .filter(part -> !part.isEmpty())
            .collect(Collectors.joining(separator));
    if (!text.isEmpty()) {
      call.add(option + text);
    }
  }

  private static String route(Case each) {
    return each.routes().stream()
        .map(
            route ->
                "/%s/=%s[%s]"
                    .formatted(
                        route.pattern(),
                        route.table(),
                        route.columns().stream()
                            .map(column -> "+" + column.name() + "=" + column.value())
                            .collect(Collectors.joining(","))))
        .map(text -> text.replace("[]", ""))
        .collect(Collectors.joining(","));
  }

  private static String key(TableSpec spec) {
    return spec.key().isEmpty() ? "" : spec.name() + ":" + String.join("+", spec.key());
  }

  private static String columns(TableSpec spec) {
    return spec.columns().isEmpty()
        ? ""
        : spec.name()
            + ":"
            + spec.columns().entrySet().stream()
                .map(column -> column.getKey() + " " + column.getValue())
                .collect(Collectors.joining(", "));
  }
}
