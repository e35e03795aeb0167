package org.anabranch.files;

import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Internal;
import org.anabranch.model.JsonText;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Schema;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.anabranch.parquet.ParquetRows;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.parse.BucketCounts;
import org.anabranch.transforms.parse.ChangeCollector;
import org.anabranch.transforms.parse.DeadLetterReason;
import org.anabranch.transforms.parse.ParsedChanges;
import org.anabranch.transforms.parse.ParsedOutput;
import org.anabranch.transforms.parse.RawRecord;
import org.anabranch.transforms.parse.RowImage;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.jspecify.annotations.Nullable;

/**
 * Reads an existing Parquet table of any writer as the base below all changes: its rows, encoded
 * and batched by bucket like changes, with the same output tags as {@link ParsedChanges}. Columns
 * whose name starts with {@code _ab_} are left out. A row without a key is a dead letter.
 */
@Internal
public final class ReadBase extends PTransform<PBegin, PCollectionTuple> {

  private static final long serialVersionUID = 1;
  private static final String METADATA = "_ab_";

  private final transient InputFiles files;
  private final Table table;

  private ReadBase(InputFiles files, Table table) {
    this.files = files;
    this.table = table;
  }

  /**
   * Reads the base of one table.
   *
   * @param files of the table
   * @param table name of the table
   * @param key names of its key columns
   * @param buckets numbers of buckets by table
   * @param recordedAtMicros when the run was launched
   */
  public static ReadBase of(
      InputFiles files,
      String table,
      List<String> key,
      BucketCounts buckets,
      long recordedAtMicros) {
    return new ReadBase(files, new Table(table, new ArrayList<>(key), buckets, recordedAtMicros));
  }

  /**
   * Columns of a base table, as its first file has them.
   *
   * @throws IllegalArgumentException where the file cannot be read as Parquet
   */
  public static Schema schema(InputFiles files) {
    return schema(files.sizes().keySet().iterator().next());
  }

  /**
   * Columns that reading a base table gives, joined over all its files.
   *
   * @throws IllegalArgumentException where a file cannot be read as Parquet
   */
  public static Schema schemaOfAll(InputFiles files) {
    List<Schema.Column> columns = new ArrayList<>();
    for (String path : files.sizes().keySet()) {
      schema(path).columns().stream()
          .filter(column -> !column.name().startsWith(METADATA))
          .forEach(columns::add);
    }

    return Schema.of(columns);
  }

  private static Schema schema(String path) {
    try (SeekableByteChannel channel =
            (SeekableByteChannel) FileSystems.open(FileSystems.matchNewResource(path, false));
        ParquetRows rows = ParquetRows.open(channel)) {
      return rows.schema();
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(
          "cannot read '" + path + "' as Parquet: " + e.getMessage(), e);
    }
  }

  private record Table(String name, List<String> key, BucketCounts buckets, long recordedAtMicros)
      implements Serializable {}

  @Override
  public PCollectionTuple expand(PBegin begin) {
    return ReadRanges.apply(begin, files, "Read", new ReadFn(table));
  }

  static final class ReadFn extends DoFn<FileRange, KV<TableBucket, byte[]>> {

    private static final long serialVersionUID = 1;

    private final Table table;
    private transient @Nullable ChangeCollector collector;
    private transient @Nullable ParsedOutput output;

    ReadFn(Table table) {
      this.table = table;
    }

    @Setup
    public void setup() {
      ParsedOutput target = new ParsedOutput();
      output = target;
      collector = new ChangeCollector(table.buckets(), table.recordedAtMicros(), target);
    }

    @ProcessElement
    public void process(@Element FileRange range, MultiOutputReceiver out) throws IOException {
      Objects.requireNonNull(output).use(out);
      try (SeekableByteChannel channel =
              (SeekableByteChannel)
                  FileSystems.open(FileSystems.matchNewResource(range.path(), false));
          ParquetRows rows = ParquetRows.open(channel, range.start(), range.end())) {
        RowEncoder encoder = new RowEncoder(table, rows, range);
        while (next(rows, range)) {
          encoder.add(Objects.requireNonNull(collector));
        }
      }

      ReadProgress.add(range.end() - range.start());
    }

    private static boolean next(ParquetRows rows, FileRange range) throws IOException {
      try {
        return rows.next();
      } catch (IOException | RuntimeException e) {
        throw Unreadable.file(range.path(), e);
      }
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      Objects.requireNonNull(output).finish(context, Objects.requireNonNull(collector)::finish);
    }
  }

  /** Takes the key out of each row and drops the columns that are ours. */
  private static final class RowEncoder {

    private final Table table;
    private final ParquetRows rows;
    private final FileRange range;
    private final List<String> columns = new ArrayList<>();
    private final Type[] types;
    private final int[] keyColumns;
    private final boolean[] keeps;
    private final boolean keepsAll;
    private final int[] offsets;
    private final KeyWriter key = new KeyWriter();
    private final ByteReader reader = new ByteReader(new byte[0]);
    private final ByteWriter kept = new ByteWriter(256);
    private long row;

    RowEncoder(Table table, ParquetRows rows, FileRange range) {
      this.table = table;
      this.rows = rows;
      this.range = range;
      List<String> all = rows.columns();
      keeps = new boolean[all.size()];
      offsets = new int[all.size()];
      List<Type> kinds = new ArrayList<>();
      for (int i = 0; i < keeps.length; i++) {
        keeps[i] = !all.get(i).startsWith(METADATA);
        if (keeps[i]) {
          columns.add(all.get(i));
          kinds.add(Objects.requireNonNull(rows.schema().column(all.get(i))).type());
        }
      }

      types = kinds.toArray(new Type[0]);
      keepsAll = columns.size() == all.size();
      keyColumns = table.key().stream().mapToInt(all::indexOf).toArray();
      for (int i = 0; i < keyColumns.length; i++) {
        if (keyColumns[i] < 0) {
          throw new IllegalArgumentException(
              "the base of table %s has no key column '%s': %s"
                  .formatted(table.name(), table.key().get(i), range.path()));
        }
      }
    }

    void add(ChangeCollector collector) {
      row++;
      reader.reset(rows.buffer(), 0, rows.length());
      for (int i = 0; i < offsets.length; i++) {
        offsets[i] = reader.position();
        Values.skip(reader);
      }

      key.reset();
      for (int column : keyColumns) {
        reader.reset(rows.buffer(), offsets[column], rows.length() - offsets[column]);
        if (!key.add(reader)) {
          dead(collector);
          return;
        }
      }

      if (keepsAll) {
        give(collector, ByteBuffer.wrap(rows.buffer(), 0, rows.length()));
        return;
      }

      kept.clear();
      for (int i = 0; i < offsets.length; i++) {
        if (keeps[i]) {
          int end = i + 1 < offsets.length ? offsets[i + 1] : rows.length();
          kept.write(rows.buffer(), offsets[i], end - offsets[i]);
        }
      }

      give(collector, ByteBuffer.wrap(kept.buffer(), 0, kept.size()));
    }

    private void give(ChangeCollector collector, ByteBuffer values) {
      collector.base(table.name(), new RowImage(key, table.key(), columns, types, values));
    }

    private void dead(ChangeCollector collector) {
      StringBuilder json = new StringBuilder("{");
      reader.reset(rows.buffer(), 0, rows.length());
      for (String column : rows.columns()) {
        json.append(json.length() == 1 ? "" : ",");
        JsonText.quote(json, column);
        JsonText.append(json.append(':'), Values.read(reader));
      }

      byte[] raw = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
      collector.dead(
          table.name(),
          DeadLetterReason.MISSING_KEY,
          "a row of the base has no key",
          RawRecord.untimed(range.path(), range.start(), row, raw));
    }
  }
}
