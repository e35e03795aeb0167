package org.anabranch.lake;

import org.junit.jupiter.api.Tag;

/** Each of the moments. */
@Tag("long")
class EveryCutOffCommitTest extends CutOffCommitsTest {

  @Override
  int stride() {
    return 1;
  }
}
