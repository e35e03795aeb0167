package org.anabranch.transforms.archive;

import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import org.anabranch.transforms.report.TableReport;

/**
 * Keeps every record of a log as it was received, as one run sees it: a record that the archive had
 * when the run began is not kept again. What is written counts when the run is committed.
 */
public interface RecordArchive extends Serializable {

  /** The table that holds the records. */
  String TABLE = "change_archive";

  /**
   * Begins to keep a slice of a partition.
   *
   * @param start first offset
   * @param end offset behind the last one; not every offset between the two needs to have a record
   */
  SliceArchive open(String topic, int partition, long start, long end);

  /** Takes the records of a slice, in the order of their offsets. Not thread-safe. */
  interface SliceArchive extends Closeable {

    void add(LogRecord record) throws IOException;

    /** Ends the slice; its files are in the report, as all there is of {@link #TABLE}. */
    TableReport finish() throws IOException;

    /** Gives up what was not finished; nothing of it counts. */
    @Override
    void close() throws IOException;
  }
}
