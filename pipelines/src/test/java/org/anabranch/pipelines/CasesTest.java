package org.anabranch.pipelines;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On the Direct runner. */
class CasesTest extends CasesConformance {

  @Override
  protected PipelineOptions options() {
    return DirectRuns.options();
  }

  @Test
  @Tag("long")
  void eachCaseEndsInItsExpectedRows() throws Exception {
    List<Case> cases = cases();
    Map<String, Path> inputs = new TreeMap<>();
    cases.forEach(each -> inputs.put(each.name(), each.input()));
    check(cases, List.of(inputs), directory);
  }

  /** The coordinate in each line, not its place in the file, says where it stands. */
  @Test
  @Tag("long")
  void neitherOrderNorRepetitionChangesTheRows() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Case> cases = cases();
    Map<String, Path> inputs = new TreeMap<>();
    for (Case each : cases) {
      List<String> lines = new ArrayList<>(Files.readAllLines(each.input()));
      lines.addAll(lines.subList(0, 1 + random.nextInt(lines.size())));
      Collections.shuffle(lines, random);
      Path file = Files.createDirectory(directory.resolve(each.name())).resolve("input.jsonl");
      inputs.put(each.name(), Files.write(file, lines));
    }

    try {
      check(cases, List.of(inputs), directory);
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }
}
