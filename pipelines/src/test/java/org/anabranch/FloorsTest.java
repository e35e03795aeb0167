package org.anabranch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** A package looks down only. The floors, from the ground up: */
class FloorsTest {

  private static final String MODEL = "org.anabranch.model..";
  private static final String TRANSFORMS = "org.anabranch.transforms..";
  private static final String PARQUET = "org.anabranch.parquet..";
  private static final String FILES = "org.anabranch.files..";
  private static final String LAKE = "org.anabranch.lake..";
  private static final String KAFKA = "org.anabranch.kafka..";
  private static final String PIPELINES = "org.anabranch.pipelines..";
  private static final String LAUNCHER = "org.anabranch.launcher..";

  /** Read once: that takes longer than the rules. */
  private static final JavaClasses PROJECT =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("org.anabranch");

  @Test
  void theModelKnowsOnlyTheJdk() {
    classes()
        .that()
        .resideInAPackage(MODEL)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(MODEL, "java..", "org.jspecify..")
        .check(PROJECT);
  }

  @Test
  void transformsDoNotSeeConnectorsPipelinesOrTheLauncher() {
    lookDownOnly(TRANSFORMS, PARQUET, FILES, LAKE, KAFKA, PIPELINES, LAUNCHER);
  }

  @Test
  void connectorsSeeNeitherEachOtherNorPipelinesNorTheLauncher() {
    lookDownOnly(PARQUET, FILES, LAKE, KAFKA, PIPELINES, LAUNCHER);
    lookDownOnly(FILES, LAKE, KAFKA, PIPELINES, LAUNCHER);
    lookDownOnly(LAKE, FILES, KAFKA, PIPELINES, LAUNCHER);
    lookDownOnly(KAFKA, PARQUET, FILES, LAKE, PIPELINES, LAUNCHER);
  }

  @Test
  void pipelinesDoNotSeeTheLauncher() {
    lookDownOnly(PIPELINES, LAUNCHER);
  }

  @Test
  void noPackageBelowTheLauncherKnowsARunner() {
    noClasses()
        .that()
        .resideInAnyPackage(MODEL, TRANSFORMS, PARQUET, FILES, LAKE, KAFKA, PIPELINES)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.beam.runners..", "org.apache.flink..", "org.apache.spark..")
        .check(PROJECT);
  }

  private void lookDownOnly(String floor, String... above) {
    noClasses()
        .that()
        .resideInAPackage(floor)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(above)
        .check(PROJECT);
  }

  @Test
  void modulesHaveNoCycles() {
    slices().matching("org.anabranch.(*)..").should().beFreeOfCycles().check(PROJECT);
  }
}
