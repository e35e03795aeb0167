package org.anabranch.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.anabranch.lake.TableHandle.Segment;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.anabranch.transforms.merge.TableStore.StoredBucket;
import org.apache.iceberg.Schema;

/**
 * What is stored of one bucket. Rows are read with the columns that the table has so far; one that
 * a file does not have, or has under the id of a column that was replaced since, is null.
 */
final class LakeBucket implements StoredBucket {

  /** How the rows of our files lie. */
  enum Order {
    OF_KEYS,
    /** By keys of the form before; the order of those of today is another one. */
    OF_OLD_KEYS
  }

  private final Order order;
  private final Schema schema;
  private final TableFiles.Bucket files;
  private final List<Segment> segments;
  private final boolean mustRewrite;
  private final DeletedPositions deleted;

  LakeBucket(
      Schema schema,
      TableFiles.Bucket files,
      List<Segment> segments,
      boolean mustRewrite,
      Order order)
      throws IOException {
    this.order = order;
    this.schema = schema;
    this.files = files;
    this.segments = segments;
    this.mustRewrite = mustRewrite;
    deleted = DeletedPositions.of(files);
  }

  @Override
  public long rows() {
    return files.data().stream().mapToLong(TableFiles.Data::rows).sum() - deleted.count();
  }

  @Override
  public long deletedRows() {
    return deleted.count();
  }

  @Override
  public int files() {
    return files.data().size() + files.deletes().size();
  }

  @Override
  public boolean mustBeRewritten() {
    return mustRewrite && !files.data().isEmpty();
  }

  @Override
  public void kept(Consumer<byte[]> batches) throws IOException {
    for (Segment segment : segments) {
      Segments.read(segment, batches);
    }
  }

  @Override
  public RowCursor scan(List<String> key, List<String> columns) throws IOException {
    Selection selection = new Selection(schema, key, columns);
    List<ScanCursor.Source> sources = new ArrayList<>();
    for (int i = 0; i < files.data().size(); i++) {
      int number = i;
      sources.add(() -> open(number, selection));
    }

    return new ScanCursor(sources);
  }

  @Override
  public RowCursor sorted(List<String> key, List<String> columns) throws IOException {
    Selection selection = new Selection(schema, key, columns);
    List<RowCursor> cursors = new ArrayList<>();
    try {
      for (int i = 0; i < files.data().size(); i++) {
        FileCursor file = open(i, selection);
        boolean isSorted = order == Order.OF_KEYS && LakeLayout.isOurs(file.path());
        cursors.add(isSorted ? file : new SortedRows(file, columns.size()));
      }
    } catch (IOException | RuntimeException e) {
      MergedCursor.closeAll(cursors);
      throw e;
    }

    return new MergedCursor(cursors);
  }

  private FileCursor open(int number, Selection selection) throws IOException {
    String path = files.data().get(number).path();
    return FileCursor.open(path, number, selection, deleted.of(path));
  }
}
