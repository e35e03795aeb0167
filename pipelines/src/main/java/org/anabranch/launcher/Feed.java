package org.anabranch.launcher;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Cuts the input of a job into what its runs read. */
interface Feed extends AutoCloseable {

  /** All there is now, for one run. */
  Slice everything(Map<String, Long> places);

  /**
   * What the next run of a job that runs again and again reads.
   *
   * @param places how far the job has come, see {@link Progress#places}
   * @param maxRows most records of the slice
   * @return null where there is nothing new
   */
  @Nullable Slice next(Map<String, Long> places, long maxRows);

  /** How much there is behind a slice by now, in records; 0 where that is not known. */
  long behind(Slice slice);

  /** What this process has read in all, in the unit of the slices. */
  long read();

  @Override
  void close();
}
