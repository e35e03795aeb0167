package org.anabranch.transforms.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Schema;
import org.anabranch.model.Type;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;

/**
 * Coder of run reports. Format, version 3: the version byte, the number of tables, then for each
 * its name, key columns, columns (name, type as text, ordinal), files (bucket, content, rows,
 * bytes), counts (name, number), progress (name, number) and facts (kind, values); strings are
 * length and UTF-8, numbers LEB128. Version 2 has no facts, and is read too. The bytes as a whole
 * are prefixed by their length, so that the coder can be nested.
 */
public final class RunReportCoder extends AtomicCoder<RunReport> {

  private static final long serialVersionUID = 1;
  private static final int VERSION = 3;
  private static final int WITHOUT_FACTS = 2;
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
    writeFacts(out, table.facts());
  }

  private static void writeFacts(ByteWriter out, Map<String, SortedSet<String>> facts) {
    out.writeVarint(facts.size());
    facts.forEach(
        (kind, values) -> {
          out.writeString(kind);
          out.writeVarint(values.size());
          values.forEach(out::writeString);
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
    if (version != VERSION && version != WITHOUT_FACTS) {
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
    SortedMap<String, SortedSet<String>> facts =
        version == WITHOUT_FACTS ? new TreeMap<>() : readFacts(in);
    return new TableReport(table, key, Schema.of(columns), files, counts, progress, facts);
  }

  private static SortedMap<String, SortedSet<String>> readFacts(ByteReader in) {
    SortedMap<String, SortedSet<String>> facts = new TreeMap<>();
    for (int left = in.readSize(); left > 0; left--) {
      String kind = in.readString();
      SortedSet<String> values = new TreeSet<>();
      for (int more = in.readSize(); more > 0; more--) {
        values.add(in.readString());
      }

      facts.put(kind, values);
    }

    return facts;
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
