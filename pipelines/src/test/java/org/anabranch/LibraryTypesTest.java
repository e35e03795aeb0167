package org.anabranch;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.Executable;
import java.util.List;
import java.util.stream.Stream;
import org.anabranch.kafka.KafkaChangesIO;
import org.anabranch.lake.LakeIO;
import org.anabranch.model.Internal;
import org.anabranch.model.Stable;
import org.anabranch.transforms.parse.ParseChanges;
import org.apache.beam.sdk.transforms.PTransform;
import org.junit.jupiter.api.Test;

/** What a program calls that has the artifacts on its class path. */
class LibraryTypesTest {

  /** The packages of the artifacts that programs have on their class paths. */
  private static final List<String> PACKAGES =
      List.of(
          "org.anabranch.model",
          "org.anabranch.transforms",
          "org.anabranch.parquet",
          "org.anabranch.files",
          "org.anabranch.kafka",
          "org.anabranch.lake",
          "org.anabranch.pipelines",
          "org.anabranch.launcher",
          "org.anabranch.testing");

  /** All public types that stand by themselves. */
  private static final List<Class<?>> PUBLIC =
      new ClassFileImporter()
              .withImportOption(new ImportOption.DoNotIncludeTests())
              .importPackages(PACKAGES.toArray(String[]::new))
              .stream()
              .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
              .filter(JavaClass::isTopLevelClass)
              .<Class<?>>map(JavaClass::reflect)
              .toList();

  private static final List<Class<?>> LIBRARY =
      PUBLIC.stream()
          .filter(type -> type.isAnnotationPresent(Stable.class))
          .flatMap(type -> Stream.concat(Stream.of(type), Stream.of(type.getClasses())))
          .toList();

  @Test
  void everyPublicTypeSaysWhetherProgramsMayCallIt() {
    List<String> silent =
        PUBLIC.stream()
            .filter(type -> !type.isAnnotationPresent(Stable.class))
            .filter(type -> !type.isAnnotationPresent(Internal.class))
            .filter(type -> !type.getPackage().isAnnotationPresent(Internal.class))
            .map(Class::getName)
            .toList();
    assertThat(silent, is(List.of()));
    assertThat(LIBRARY, hasItems(LakeIO.class, KafkaChangesIO.class, ParseChanges.class));
  }

  @Test
  void everyTransformShowsItsSettingsInThePagesOfTheEngine() {
    List<String> silent =
        LIBRARY.stream()
            .filter(PTransform.class::isAssignableFrom)
            .filter(
                type ->
                    Stream.of(type.getDeclaredMethods())
                        .noneMatch(method -> method.getName().equals("populateDisplayData")))
            .map(Class::getName)
            .toList();
    assertThat(silent, is(List.of()));
  }

  @Test
  void theyShowNoTypeThatTheJarsOfClustersRename() {
    List<String> shown =
        LIBRARY.stream()
            .flatMap(type -> Stream.of(type.getMethods(), type.getConstructors()))
            .flatMap(Stream::of)
            .map(Executable::toString)
            .filter(text -> text.matches(".*org\\.apache\\.(parquet|avro|iceberg).*"))
            .toList();
    assertThat(shown, is(List.of()));
  }
}
