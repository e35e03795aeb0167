package org.anabranch.parquet;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.anabranch.model.ByteWriter;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/** Walks over the row groups of a file and hands the values of each row to a converter. */
abstract class RowGroups {

  private RowGroups() {}

  /**
   * @param fields of the rows; null for one the file does not have
   */
  static RowGroups of(ParquetFileReader file, List<@Nullable Type> fields, RowConverter converter) {
    List<Type> present = fields.stream().<Type>mapMulti(RowGroups::ifPresent).toList();
    if (present.isEmpty()) {
      return new Counted(file, converter);
    }

    MessageType message = new MessageType(file.getFileMetaData().getSchema().getName(), present);
    file.setRequestedSchema(message);
    String createdBy = file.getFileMetaData().getCreatedBy();
    return present.stream().allMatch(RowGroups::isFlat)
        ? new Flat(file, message, createdBy, converter)
        : new Nested(file, message, createdBy, converter);
  }

  private static void ifPresent(@Nullable Type field, Consumer<Type> sink) {
    if (field != null) {
      sink.accept(field);
    }
  }

  private static boolean isFlat(Type field) {
    return field.isPrimitive() && !field.isRepetition(Type.Repetition.REPEATED);
  }

  /** Moves to the next row group and gives its number of rows; -1 behind the last. */
  abstract long next() throws IOException;

  /** Converts the next row. */
  abstract void read();

  /** Rows of which no column is read. */
  private static final class Counted extends RowGroups {

    private final ParquetFileReader file;
    private final RowConverter converter;
    private int group;

    Counted(ParquetFileReader file, RowConverter converter) {
      this.file = file;
      this.converter = converter;
    }

    @Override
    long next() {
      return group < file.getRowGroups().size()
          ? file.getRowGroups().get(group++).getRowCount()
          : -1;
    }

    @Override
    void read() {
      converter.start();
      converter.end();
    }
  }

  /** Columns without nesting: read side by side, which takes half the time of assembling. */
  private static final class Flat extends RowGroups {

    private final ParquetFileReader file;
    private final MessageType message;
    private final String createdBy;
    private final RowConverter converter;
    private final ColumnReader[] columns;
    private final int[] present;

    Flat(ParquetFileReader file, MessageType message, String createdBy, RowConverter converter) {
      this.file = file;
      this.message = message;
      this.createdBy = createdBy;
      this.converter = converter;
      columns = new ColumnReader[message.getFieldCount()];
      present = new int[columns.length];
      for (int i = 0; i < present.length; i++) {
        present[i] = message.getColumns().get(i).getMaxDefinitionLevel();
      }
    }

    @Override
    long next() throws IOException {
      PageReadStore pages = file.readNextRowGroup();
      if (pages == null) {
        return -1;
      }

      ColumnReadStoreImpl store = new ColumnReadStoreImpl(pages, converter, message, createdBy);
      for (int i = 0; i < columns.length; i++) {
        columns[i] = store.getColumnReader(message.getColumns().get(i));
      }

      return pages.getRowCount();
    }

    @Override
    void read() {
      converter.start();
      for (int i = 0; i < columns.length; i++) {
        ColumnReader column = columns[i];
        if (column.getCurrentDefinitionLevel() == present[i]) {
          column.writeCurrentValueToConverter();
        }

        column.consume();
      }

      converter.end();
    }
  }

  /** Columns of any kind. */
  private static final class Nested extends RowGroups {

    private final ParquetFileReader file;
    private final MessageColumnIO columns;
    private final RowConverter.Materializer materializer;
    private @Nullable RecordReader<ByteWriter> rows;

    Nested(ParquetFileReader file, MessageType message, String createdBy, RowConverter converter) {
      this.file = file;
      columns = new ColumnIOFactory(createdBy).getColumnIO(message);
      materializer = new RowConverter.Materializer(converter);
    }

    @Override
    long next() throws IOException {
      PageReadStore pages = file.readNextRowGroup();
      if (pages == null) {
        return -1;
      }

      rows = columns.getRecordReader(pages, materializer);
      return pages.getRowCount();
    }

    @Override
    void read() {
      Objects.requireNonNull(rows).read();
    }
  }
}
