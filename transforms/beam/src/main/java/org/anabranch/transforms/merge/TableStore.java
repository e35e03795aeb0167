package org.anabranch.transforms.merge;

import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.anabranch.model.Schema;
import org.anabranch.transforms.source.TableFacts;

/**
 * Where tables are kept, as a worker sees them: what was stored of each bucket when the run began,
 * and files for what becomes of it. Implementations are connectors. A bucket may be opened and
 * written several times (runners repeat bundles): each time makes files of its own, and only those
 * that reach the report of the run become part of the table.
 */
public interface TableStore extends Serializable {

  /**
   * Bucket of the rows whose key changed while values were not sent, and of the rows they come
   * from: these have to meet, wherever their keys lie.
   */
  int MOVED = -1;

  /** Schema of a stored table; empty where it is not stored. */
  Schema schema(String table);

  /** Key columns of a stored table; empty where it is not stored. */
  List<String> key(String table);

  /** What is remembered of the changes of a stored table beside its rows. */
  TableFacts facts(String table);

  /** Whether a stored table is by keys of the form before, in which they had types. */
  boolean hasOldKeys(String table);

  /** Encoded keys of the rows in the bucket {@link #MOVED}. */
  boolean isMoved(String table, byte[] key);

  /** Stored tables and their numbers of buckets, {@link #MOVED} left out. */
  Map<String, Integer> buckets();

  /** Number of buckets of tables that are not stored; 0 where the store does not know it. */
  int bucketsOfNewTables();

  /** Whether anything is stored in the bucket {@link #MOVED}. */
  boolean hasMoved(String table);

  /**
   * Opens what is stored of a bucket. A bucket that is not stored is empty.
   *
   * @param schema of the table with what this run adds: rows have its columns and types
   */
  StoredBucket open(String table, Schema schema, int bucket) throws IOException;

  /**
   * Opens what this run has written of a bucket and not committed yet: the rows it added and the
   * records it keeps.
   *
   * @param files of the bucket
   */
  StoredBucket reopen(String table, Schema schema, int bucket, List<WrittenFile> files)
      throws IOException;

  /** Starts what becomes of a bucket; values that do not fit the schema's types are converted. */
  BucketWriter write(String table, Schema schema, int bucket) throws IOException;

  /** What is stored of a bucket. */
  interface StoredBucket {

    /** Live rows. */
    long rows();

    /** Rows of the data files that were deleted: whoever reads the live ones reads these too. */
    long deletedRows();

    /** Files one has to read to read all rows: data files and delete files. */
    int files();

    /** Whether the stored values have to be converted to the types of the schema. */
    boolean mustBeRewritten();

    /** Hands over the records kept beside the rows, as encoded batches. */
    void kept(Consumer<byte[]> batches) throws IOException;

    /** The live rows, file after file, with these columns and the key. */
    RowCursor scan(List<String> key, List<String> columns) throws IOException;

    /** The live rows in ascending order of their keys, with these columns. */
    RowCursor sorted(List<String> key, List<String> columns) throws IOException;
  }

  /** Walks over stored rows. Fields hold for the current row. Not thread-safe. */
  interface RowCursor extends Closeable {

    boolean next() throws IOException;

    /** Holds the encoded key from its first byte on. */
    byte[] key();

    int keyLength();

    /** Names the row to {@link BucketWriter#delete}. */
    long address();

    /** Holds the values of the columns asked for, one after the other. */
    byte[] values();

    int offset();

    int length();

    /**
     * Where in {@link #values} a column's value begins; at the number of columns, where they end.
     */
    int start(int column);
  }

  /** Takes what becomes of a bucket. Nothing else is stored of it until the run commits. */
  interface BucketWriter {

    /** Adds a row. Rows come in ascending order of their keys. */
    void add(RowSlices row) throws IOException;

    /** Deletes a stored row. */
    void delete(long address) throws IOException;

    /** All rows stored so far go: those added are the ones there are. */
    void replace() throws IOException;

    /** All records kept so far go: those kept now are the ones there are. */
    void replaceKept() throws IOException;

    /** The table is by this key from now on, if all its buckets are replaced by the same commit. */
    void rekey(List<String> key);

    /** Keeps a batch of records beside the rows. */
    void keep(byte[] batch) throws IOException;

    /** Completes the files. Without any change there are none. */
    List<WrittenFile> close() throws IOException;

    /** Gives up what was written. */
    void abandon() throws IOException;
  }

  /**
   * A completed file, or another change of the table.
   *
   * @param bucket number
   * @param content what it is, as the store writes it for its own commit
   * @param rows rows added; 0 for anything else than added rows
   * @param bytes size
   */
  record WrittenFile(String table, int bucket, String content, long rows, long bytes) {}
}
