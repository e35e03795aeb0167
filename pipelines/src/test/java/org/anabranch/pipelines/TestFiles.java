package org.anabranch.pipelines;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** Test data outside the module, found from the working directory upwards. */
final class TestFiles {

  /** System property: directory with captured events and the cases of other projects. */
  private static final String SHARED = "anabranch.shared";

  private TestFiles() {}

  /** The shipped data set of customer-360. */
  static Path customer360() {
    return above("test-data/customer-360")
        .orElseThrow(() -> new IllegalStateException("no test-data above " + here()));
  }

  /** The project's own cases. */
  static Path cases() {
    return above("test-data/cases")
        .orElseThrow(() -> new IllegalStateException("no test-data/cases above " + here()));
  }

  /**
   * A file that is not part of the project: below the directory that {@code -Danabranch.shared}
   * names, or below a directory {@code shared} beside the project. Skips the test where it is not
   * there.
   */
  static Path shared(String name) {
    String given = System.getProperty(SHARED);
    Path file = given == null ? above("shared/" + name).orElse(null) : Path.of(given).resolve(name);
    Assumptions.assumeTrue(
        file != null && Files.exists(file),
        () ->
            "there is no shared/" + name + " beside the project; -D" + SHARED + "=DIR says where");
    return file;
  }

  private static Optional<Path> above(String name) {
    for (Path directory = here(); directory != null; directory = directory.getParent()) {
      Path file = directory.resolve(name);
      if (Files.exists(file)) {
        return Optional.of(file);
      }
    }

    return Optional.empty();
  }

  private static Path here() {
    return Path.of("").toAbsolutePath();
  }
}
