package org.anabranch.transforms.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Schema;
import org.anabranch.model.Type;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.anabranch.transforms.source.TableFacts;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;

/**
 * Coder of run reports. Format, version 4: the version byte, the number of tables, then for each
 * its name, key columns, columns (name, type as text, ordinal), files (bucket, content, rows,
 * bytes), counts (name, number), progress (name, number), facts (lines of text) and samples of dead
 * letters (reason, log, partition, offset, detail); strings are length and UTF-8, numbers LEB128.
 * The bytes as a whole are prefixed by their length, so that the coder can be nested.
 */
public final class RunReportCoder extends AtomicCoder<RunReport> {

  private static final long serialVersionUID = 1;
  private static final int VERSION = 4;

  /** Without samples. */
  private static final int VERSION_3 = 3;

  /** Without facts, too. */
  private static final int VERSION_2 = 2;

  private static final int FILE_VERSION = 64;
  private static final int FILE_HEADER_BYTES = 5;

  private static final RunReportCoder INSTANCE = new RunReportCoder();

  private RunReportCoder() {}

  public static RunReportCoder of() {
    return INSTANCE;
  }

  @Override
  public void encode(RunReport report, OutputStream out) throws IOException {
    ByteArrayCoder.of().encode(toBytes(report), out);
  }

  @Override
  public RunReport decode(InputStream in) throws IOException {
    return fromBytes(ByteArrayCoder.of().decode(in));
  }

  /** Encoded form without the length. */
  public static byte[] toBytes(RunReport report) {
    ByteWriter out = new ByteWriter(512);
    out.writeByte(VERSION);
    out.writeVarint(report.tables().size());
    report.tables().forEach(table -> write(out, table));
    return out.toByteArray();
  }

  /**
   * The form in which a report lies in a file: the byte 64, a CRC-32 of the rest in four bytes
   * (big-endian), and the encoded form.
   */
  static byte[] toFile(RunReport report) {
    byte[] encoded = toBytes(report);
    return ByteBuffer.allocate(FILE_HEADER_BYTES + encoded.length)
        .put((byte) FILE_VERSION)
        .putInt(checksum(encoded))
        .put(encoded)
        .array();
  }

  private static int checksum(byte[] encoded) {
    CRC32 crc = new CRC32();
    crc.update(encoded);
    return (int) crc.getValue();
  }

  /**
   * Reverse of {@link #toFile}; files of earlier programs have the encoded form alone.
   *
   * @throws CutOffReportException where the file is not complete
   * @throws IllegalArgumentException for another version
   */
  static RunReport fromFile(byte[] bytes) throws CutOffReportException {
    int version = bytes.length == 0 ? 0 : bytes[0];
    if (version == 0) {
      throw new CutOffReportException();
    }

    if (version != FILE_VERSION) {
      try {
        return fromBytes(bytes);
      } catch (IndexOutOfBoundsException cutOff) {
        throw new CutOffReportException();
      }
    }

    byte[] encoded =
        Arrays.copyOfRange(bytes, FILE_HEADER_BYTES, Math.max(FILE_HEADER_BYTES, bytes.length));
    boolean isWhole =
        bytes.length > FILE_HEADER_BYTES && ByteBuffer.wrap(bytes).getInt(1) == checksum(encoded);
    if (!isWhole) {
      throw new CutOffReportException();
    }

    return fromBytes(encoded);
  }

  private static void write(ByteWriter out, TableReport table) {
    out.writeString(table.table());
    out.writeVarint(table.key().size());
    table.key().forEach(out::writeString);
    List<Schema.Column> columns = table.schema().columns();
    out.writeVarint(columns.size());
    for (Schema.Column column : columns) {
      out.writeString(column.name());
      out.writeString(column.type().toString());
      out.writeVarint(column.ordinal());
    }

    out.writeVarint(table.files().size());
    for (WrittenFile file : table.files()) {
      out.writeSigned(file.bucket());
      out.writeString(file.content());
      out.writeVarint(file.rows());
      out.writeVarint(file.bytes());
    }

    write(out, table.counts());
    write(out, table.progress());
    List<String> facts = table.facts().toText();
    out.writeVarint(facts.size());
    facts.forEach(out::writeString);
    out.writeVarint(table.samples().size());
    table
        .samples()
        .forEach(
            (reason, sample) -> {
              out.writeString(reason);
              out.writeString(sample.log());
              out.writeSigned(sample.partition());
              out.writeSigned(sample.offset());
              out.writeString(sample.detail());
            });
  }

  private static void write(ByteWriter out, Map<String, Long> numbers) {
    out.writeVarint(numbers.size());
    numbers.forEach(
        (what, number) -> {
          out.writeString(what);
          out.writeSigned(number);
        });
  }

  /**
   * Reverse of {@link #toBytes}.
   *
   * @throws IllegalArgumentException for another version
   */
  public static RunReport fromBytes(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int version = in.readByte();
    if (version < VERSION_2 || version > VERSION) {
      throw new IllegalArgumentException(
          "run report version must be " + VERSION + ", but was: " + version);
    }

    List<TableReport> tables = new ArrayList<>();
    for (int left = in.readSize(); left > 0; left--) {
      tables.add(read(in, version));
    }

    return RunReport.of(tables);
  }

  private static TableReport read(ByteReader in, int version) {
    String table = in.readString();
    List<String> key = new ArrayList<>();
    for (int left = in.readSize(); left > 0; left--) {
      key.add(in.readString());
    }

    List<Schema.Column> columns = new ArrayList<>();
    for (int left = in.readSize(); left > 0; left--) {
      columns.add(new Schema.Column(in.readString(), Type.parse(in.readString()), in.readSize()));
    }

    List<WrittenFile> files = new ArrayList<>();
    for (int left = in.readSize(); left > 0; left--) {
      int bucket = (int) in.readSigned();
      files.add(new WrittenFile(table, bucket, in.readString(), in.readVarint(), in.readVarint()));
    }

    Map<String, Long> counts = readNumbers(in);
    Map<String, Long> progress = readNumbers(in);
    List<String> facts = new ArrayList<>();
    for (int left = version >= VERSION_3 ? in.readSize() : 0; left > 0; left--) {
      facts.add(in.readString());
    }

    Map<String, DeadLetterSample> samples = new TreeMap<>();
    for (int left = version == VERSION ? in.readSize() : 0; left > 0; left--) {
      samples.put(
          in.readString(),
          new DeadLetterSample(in.readString(), in.readSigned(), in.readSigned(), in.readString()));
    }

    return new TableReport(
        table,
        key,
        Schema.of(columns),
        files,
        counts,
        progress,
        TableFacts.fromText(facts),
        samples);
  }

  private static Map<String, Long> readNumbers(ByteReader in) {
    Map<String, Long> numbers = new TreeMap<>();
    for (int left = in.readSize(); left > 0; left--) {
      String what = in.readString();
      numbers.put(what, in.readSigned());
    }

    return numbers;
  }
}
