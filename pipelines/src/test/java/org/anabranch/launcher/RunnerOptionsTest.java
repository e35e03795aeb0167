package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunnerOptionsTest {

  private final RunnerOptions options = RunnerOptions.onClassPath();

  @ParameterizedTest
  @CsvSource({
    "targetParallelism,target-parallelism",
    "jobCheckIntervalInSecs,job-check-interval-in-secs",
    "fileInputSplitMaxSizeMB,file-input-split-max-size-mb",
    "target-parallelism,target-parallelism",
    "s3Client,s3-client",
    "awsURL,aws-url"
  })
  void namesBecomeKebabCase(String name, String expected) {
    assertThat(RunnerOptions.kebab(name), is(expected));
  }

  @Test
  void optionsOfTheRunnerAreKnown() {
    assertThat(options.find("target-parallelism"), is("target-parallelism"));
    assertThat(options.find("targetParallelism"), is("target-parallelism"));
    assertThat(options.find("target-paralelism"), is(nullValue()));
    assertThat(options.names(), not(hasItem("runner")));
  }

  @Test
  void valuesArriveInBeam() {
    DirectOptions beam =
        options
            .create(
                "direct",
                Map.of(
                    "target-parallelism", Given.onCommandLine("target-parallelism", "3"),
                    "enforce-immutability", Given.onCommandLine("enforce-immutability", "false")))
            .as(DirectOptions.class);

    assertThat(beam.getTargetParallelism(), is(3));
    assertThat(beam.isEnforceImmutability(), is(false));
    assertThat(beam.getRunner(), is(DirectRunner.class));
  }

  @Test
  void aNameAloneSwitchesOn() {
    DirectOptions beam =
        options
            .create(
                "direct",
                Map.of("enforce-immutability", Given.onCommandLine("enforce-immutability", null)))
            .as(DirectOptions.class);

    assertThat(beam.isEnforceImmutability(), is(true));
  }

  @Test
  void aValueThatDoesNotFitIsNamed() {
    Given given = new Given("many", "run.yaml:8:3: ", "target-parallelism");

    Exception failure =
        assertThrows(
            WrongCallException.class,
            () -> options.create("direct", Map.of("target-parallelism", given)));

    assertThat(
        failure.getMessage(),
        containsString("run.yaml:8:3: target-parallelism does not accept 'many'"));
    assertThat(failure.getMessage().lines().count(), is(1L));
  }

  @Test
  void onlyTheRunnerOnTheClassPathIsThere() {
    assertThat(RunnerOptions.hasRunner("direct"), is(true));
    assertThat(RunnerOptions.hasRunner("spark"), is(false));
  }
}
