package org.anabranch.transforms.merge;

import java.io.Serializable;
import java.util.List;

/**
 * Current rows of a table handed on to a later step, batched by the bucket of one of their columns.
 * In the batches each row is an image read from the log named like the table.
 *
 * @param table whose current rows
 * @param columns which of its columns, in order; a column the table does not have is null
 * @param target name of the step, the table part of the batches' keys
 * @param keyColumn column that decides the bucket; rows where it is null are left out
 * @param buckets number of buckets
 */
public record Projection(
    String table, List<String> columns, String target, String keyColumn, int buckets)
    implements Serializable {

  public Projection {
    columns = List.copyOf(columns);
    if (!columns.contains(keyColumn)) {
      throw new IllegalArgumentException(
          "columns must contain the key column " + keyColumn + ", but were: " + columns);
    }
  }
}
