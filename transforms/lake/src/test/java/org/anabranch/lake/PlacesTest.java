package org.anabranch.lake;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.File;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Only {@link Storage} says where files are, so that another one needs no other class changed. */
class PlacesTest {

  private static final DescribedPredicate<JavaClass> PATHS =
      DescribedPredicate.describe(
          "paths of this machine",
          type ->
              type.getPackageName().startsWith("java.nio.file") || type.isEquivalentTo(File.class));

  /** The local storage and what it is made of. */
  private static final List<Class<?>> LOCAL =
      List.of(
          LocalStorage.class,
          FileLock.class,
          Disk.class,
          Directories.class,
          ForcedFileSystem.class,
          LocalFileSystem.class);

  /** Classes that know paths besides, and why. This list only gets shorter. */
  private static final List<Class<?>> BESIDES =
      List.of(
          // Its public component is a path.
          LakeConfig.class,
          // It writes outside of lakes, to a directory of this machine with a link to it.
          ExportTable.class);

  private final JavaClasses lake =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.anabranch.lake");

  @Test
  void onlyTheLocalStorageKnowsPathsOfThisMachine() {
    Class<?>[] excepted = Stream.concat(LOCAL.stream(), BESIDES.stream()).toArray(Class<?>[]::new);

    noClasses()
        .that(DescribedPredicate.not(belongToAnyOf(excepted)))
        .should()
        .dependOnClassesThat(PATHS)
        .check(lake);
  }

  @Test
  void noClassThatKnowsNoPathIsExcepted() {
    List<String> needless =
        BESIDES.stream().filter(type -> !knowsPaths(type)).map(Class::getSimpleName).toList();

    assertThat(needless, empty());
  }

  private boolean knowsPaths(Class<?> type) {
    return lake.stream()
        .filter(belongToAnyOf(type))
        .flatMap(part -> part.getDirectDependenciesFromSelf().stream())
        .anyMatch(dependency -> PATHS.test(dependency.getTargetClass()));
  }
}
