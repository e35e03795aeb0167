package org.anabranch.lake;

import java.io.Serializable;
import java.util.List;

/**
 * A stored table as of the start of a run: all that a worker needs to read it and to write files
 * for it, without a catalog.
 *
 * @param table name
 * @param location directory of the table
 * @param metadataLocation metadata file of the table's version; empty where the table is new
 * @param snapshotId snapshot the run builds on; -1 where there is none
 * @param buckets number of buckets, {@link org.anabranch.transforms.merge.TableStore#MOVED} left
 *     out; 0 where the table is new
 * @param keyForm form of the bytes of keys
 * @param key names of the key columns
 * @param columns of the table as {@code name TAB type TAB ordinal}, as our schema has them
 * @param segments records kept beside the table
 * @param facts what is remembered of its changes, as text
 */
record TableHandle(
    String table,
    String location,
    String metadataLocation,
    long snapshotId,
    int buckets,
    int keyForm,
    List<String> key,
    List<String> columns,
    List<Segment> segments,
    List<String> facts)
    implements Serializable {

  /**
   * A file of records kept beside the rows of one bucket.
   *
   * @param bucket number
   * @param path of the file
   * @param records number of records
   * @param bytes size
   */
  record Segment(int bucket, String path, long records, long bytes) implements Serializable {}
}
