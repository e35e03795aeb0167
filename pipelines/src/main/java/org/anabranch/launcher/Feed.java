package org.anabranch.launcher;

import java.io.IOException;
import org.anabranch.lake.Lake;

/** What a run reads. */
interface Feed extends AutoCloseable {

  /**
   * All there is now, for one run.
   *
   * @param lake knows how far the job has come
   */
  Slice everything(Lake lake) throws IOException;

  /** What this process has read in all, in the unit of the slices. */
  long read();

  @Override
  void close();
}
