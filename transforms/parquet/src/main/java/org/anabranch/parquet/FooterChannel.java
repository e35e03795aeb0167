package org.anabranch.parquet;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Util;

/**
 * Corrects in the footer of a Parquet file what Avro cannot express: column names that are not
 * names in Avro, under placeholders until then, and times of day, which Avro makes times in UTC.
 * Both are told in the footer alone, which is rewritten on its way to the target: the last bytes of
 * a Parquet file are the footer, its length in four bytes (little-endian) and {@code PAR1} [1].
 *
 * <p>[1] File format, https://parquet.apache.org/docs/file-format/
 */
final class FooterChannel implements WritableByteChannel {

  private static final int TAIL = 8;
  private static final String AVRO_SCHEMA = "parquet.avro.schema";

  private final WritableByteChannel target;
  private final List<String> names;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private boolean holds;

  FooterChannel(WritableByteChannel target, List<String> names) {
    this.target = target;
    this.names = names;
  }

  /** Names to write the columns under, in their order. */
  static List<String> placeholders(int columns) {
    return IntStream.range(0, columns).mapToObj(i -> "c" + i).toList();
  }

  /** Keeps all bytes from now on, so that the footer among them can be changed. */
  void holdBack() {
    holds = true;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    if (!holds) {
      return target.write(source);
    }

    int length = source.remaining();
    byte[] bytes = new byte[length];
    source.get(bytes);
    held.write(bytes, 0, length);
    return length;
  }

  /** Writes what was held back, with the footer corrected. */
  void release() throws IOException {
    byte[] bytes = held.toByteArray();
    int footerLength =
        ByteBuffer.wrap(bytes, bytes.length - TAIL, 4).order(ByteOrder.LITTLE_ENDIAN).getInt();
    int footerStart = bytes.length - TAIL - footerLength;
    FileMetaData footer =
        Util.readFileMetaData(new ByteArrayInputStream(bytes, footerStart, footerLength));
    correct(footer);
    ByteArrayOutputStream renamed = new ByteArrayOutputStream(footerLength);
    Util.writeFileMetaData(footer, renamed);
    ByteBuffer tail = ByteBuffer.allocate(renamed.size() + TAIL).order(ByteOrder.LITTLE_ENDIAN);
    tail.put(renamed.toByteArray()).putInt(renamed.size()).put(bytes, bytes.length - 4, 4).flip();
    writeFully(ByteBuffer.wrap(bytes, 0, footerStart));
    writeFully(tail);
    held.reset();
  }

  private void correct(FileMetaData footer) {
    Map<String, String> trueNames = new HashMap<>();
    List<String> placeholders = placeholders(names.size());
    for (int i = 0; i < names.size(); i++) {
      trueNames.put(placeholders.get(i), names.get(i));
    }

    List<SchemaElement> schema = footer.getSchema();
    for (int at = 1; at < schema.size(); at = behind(schema, at)) {
      SchemaElement column = schema.get(at);
      column.setName(trueNames.getOrDefault(column.getName(), column.getName()));
    }

    schema.forEach(FooterChannel::makeTimeLocal);

    for (RowGroup rowGroup : footer.getRow_groups()) {
      for (ColumnChunk chunk : rowGroup.getColumns()) {
        List<String> path = new ArrayList<>(chunk.getMeta_data().getPath_in_schema());
        path.set(0, trueNames.getOrDefault(path.get(0), path.get(0)));
        chunk.getMeta_data().setPath_in_schema(path);
      }
    }

    footer.getKey_value_metadata().removeIf(entry -> entry.getKey().equals(AVRO_SCHEMA));
  }

  /** The older annotation, which has no word for local times, is left out. */
  private static void makeTimeLocal(SchemaElement element) {
    if (element.isSetLogicalType() && element.getLogicalType().isSetTIME()) {
      element.getLogicalType().getTIME().setIsAdjustedToUTC(false);
      element.unsetConverted_type();
    }
  }

  /** Place of the element behind the one at {@code start} and all its children. */
  private static int behind(List<SchemaElement> schema, int start) {
    int at = start;
    for (int open = 1; open > 0; at++) {
      open += schema.get(at).getNum_children() - 1;
    }

    return at;
  }

  private void writeFully(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      target.write(bytes);
    }
  }

  @Override
  public boolean isOpen() {
    return target.isOpen();
  }

  @Override
  public void close() {
    // Parquet's writer may close what it wrote to; the file is complete only after release().
  }
}
