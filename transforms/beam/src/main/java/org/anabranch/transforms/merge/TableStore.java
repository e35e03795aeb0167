package org.anabranch.transforms.merge;

import java.io.IOException;
import java.io.Serializable;
import org.anabranch.model.Schema;

/**
 * Where merged rows go. Implementations are connectors. {@link #create} may be called several times
 * for the same bucket (runners repeat bundles): each call makes a file of its own, and only files
 * that reach the report of the run become part of the table.
 */
public interface TableStore extends Serializable {

  /** Starts a file for one bucket; values that do not fit the schema's types are converted. */
  RowFile create(String table, Schema schema, int bucket) throws IOException;

  /** A file being written, in the order of its rows. */
  interface RowFile {

    void write(RowSlices row) throws IOException;

    /** Completes the file. */
    WrittenFile close() throws IOException;
  }

  /**
   * A completed file.
   *
   * @param path where it lies, as the store names it
   * @param rows number of rows
   * @param bytes size
   */
  record WrittenFile(String table, int bucket, String path, long rows, long bytes) {}
}
