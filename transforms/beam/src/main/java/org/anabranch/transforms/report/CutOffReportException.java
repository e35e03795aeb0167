package org.anabranch.transforms.report;

import java.io.IOException;

/**
 * A report of a run is not complete: the machine lost its power before it was on the disk. Commits
 * begin after that, so the run has committed nothing.
 */
public final class CutOffReportException extends IOException {

  private static final long serialVersionUID = 1;

  CutOffReportException() {
    super("the report of the run is cut off");
  }
}
