package org.anabranch.transforms.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The report that a pipeline of a test has left. */
public final class LeftReport {

  private LeftReport() {}

  public static RunReport in(Path staging) throws IOException {
    try (InputStream file = Files.newInputStream(staging.resolve(WriteReport.FILE))) {
      return RunReport.read(file);
    }
  }
}
