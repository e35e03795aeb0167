package org.anabranch.lake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.anabranch.transforms.report.WriteReport;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.PositionDeleteWriter;
import org.apache.iceberg.hadoop.HadoopFileIO;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;

/** A lake of tables {@code (id bigint, name string)}, and files for it. */
final class TestLake {

  static final int BUCKETS = 4;
  static final List<String> KEY = List.of("id");
  static final org.anabranch.model.Schema COLUMNS =
      org.anabranch.model.Schema.of(
          List.of(new Column("id", Type.INT64, 0), new Column("name", Type.STRING, 1)));

  /** Longer than anything takes that a run or a commit does while no other may see it. */
  static final Duration LONG = Duration.ofHours(2);

  private static final HadoopFileIO IO = new HadoopFileIO(LakeConfig.at(Path.of("/")).hadoop());

  private TestLake() {}

  static Lake at(Path warehouse) throws IOException {
    return at(LakeConfig.at(warehouse), operations -> operations);
  }

  static Lake at(LakeConfig config, UnaryOperator<TableOperations> between) throws IOException {
    return Lake.at(config, between);
  }

  /** A data file of rows with these ids, whose names are {@code name}. */
  static DataFile data(Lake lake, LakeRun run, String table, int bucket, String name, long... ids)
      throws IOException {
    return data(lake, run.id(), table, bucket, name, ids);
  }

  static DataFile data(Lake lake, String run, String table, int bucket, String name, long... ids)
      throws IOException {
    Schema schema = schema();
    PartitionSpec spec = spec(schema);
    DataWriter<GenericRecord> writer =
        Parquet.writeData(IO.newOutputFile(path(lake, run, table, bucket, "data")))
            .schema(schema)
            .createWriterFunc(GenericParquetWriter::create)
            .withSpec(spec)
            .withPartition(partition(spec, bucket))
            .build();
    try (writer) {
      for (long id : ids) {
        GenericRecord record = GenericRecord.create(schema);
        record.setField("id", id);
        record.setField("name", name);
        record.setField(LakeLayout.BUCKET, bucket);
        writer.write(record);
      }
    }

    return writer.toDataFile();
  }

  /** A delete file that deletes rows of a data file. */
  static DeleteFile deletes(
      Lake lake, LakeRun run, String table, int bucket, String dataFile, long... positions)
      throws IOException {
    PartitionSpec spec = spec(schema());
    PositionDeleteWriter<GenericRecord> writer =
        Parquet.writeDeletes(IO.newOutputFile(path(lake, run.id(), table, bucket, "data")))
            .withSpec(spec)
            .withPartition(partition(spec, bucket))
            .overwrite()
            .buildPositionWriter();
    PositionDelete<GenericRecord> delete = PositionDelete.create();
    try (writer) {
      for (long position : positions) {
        writer.write(delete.set(dataFile, position));
      }
    }

    return writer.toDeleteFile();
  }

  private static String path(Lake lake, String run, String table, int bucket, String directory) {
    return "%s/%s/ab-%s-%d-%s.parquet"
        .formatted(lake.config().location(table), directory, run, bucket, UUID.randomUUID());
  }

  private static Schema schema() {
    return SchemaPlan.of(null, List.of(), COLUMNS).icebergSchema();
  }

  private static PartitionSpec spec(Schema schema) {
    return PartitionSpec.builderFor(schema).identity(LakeLayout.BUCKET).build();
  }

  private static StructLike partition(PartitionSpec spec, int bucket) {
    PartitionData partition = new PartitionData(spec.partitionType());
    partition.set(0, bucket);
    return partition;
  }

  static WrittenFile added(String table, int bucket, DataFile file) {
    return written(table, bucket, List.of(file), List.of(), false);
  }

  static WrittenFile replacing(String table, int bucket, DataFile file) {
    return written(table, bucket, List.of(file), List.of(), true);
  }

  static WrittenFile written(
      String table, int bucket, List<DataFile> data, List<DeleteFile> deletes, boolean replaces) {
    PartitionSpec spec = spec(schema());
    FileContent content =
        new FileContent(
            data.stream().map(file -> ContentFileParser.toJson(file, spec)).toList(),
            deletes.stream().map(file -> ContentFileParser.toJson(file, spec)).toList(),
            List.of(),
            replaces,
            false,
            List.of());
    long rows = data.stream().mapToLong(DataFile::recordCount).sum();
    return new WrittenFile(table, bucket, content.toJson(), rows, 0);
  }

  static TableReport report(String table, WrittenFile... files) {
    return new TableReport(table, KEY, COLUMNS, Arrays.asList(files), Map.of());
  }

  /** A report that adds rows to one bucket. */
  static TableReport adding(
      Lake lake, LakeRun run, String table, int bucket, String name, long... ids)
      throws IOException {
    return report(table, added(table, bucket, data(lake, run, table, bucket, name, ids)));
  }

  /** Leaves the report as a pipeline does. */
  static void leaveReport(LakeRun run, TableReport... reports) throws IOException {
    WriteReport.leave(run.staging(), RunReport.of(Arrays.asList(reports)));
  }

  /** The rows of the current version as {@code ID=NAME}. */
  static List<String> rows(Lake lake, String table) throws IOException {
    return rows(lake.table(table));
  }

  static List<String> rows(LakeTable table) throws IOException {
    List<String> texts = new ArrayList<>();
    try (LakeRows rows = table.openRows()) {
      while (rows.next()) {
        texts.add(rows.row().get(0) + "=" + rows.row().get(1));
      }
    }

    return texts;
  }

  /** All files of a table, but for locks and the pointer. */
  static List<Path> files(Lake lake, String table) throws IOException {
    return Directories.files(Path.of(lake.config().location(table)));
  }

  /** Files of a table that it does not need; of one that does not exist, all. */
  static List<Path> leftOver(Lake lake, String table) throws IOException {
    TableOperations loaded = lake.catalog().load(table);
    Set<String> needed = new HashSet<>(loaded == null ? Set.of() : References.of(table, loaded));
    needed.add("version-hint.text");
    needed.add("lock");
    return files(lake, table).stream()
        .filter(file -> !needed.contains(file.getFileName().toString()))
        .toList();
  }

  /** Makes all files of a warehouse as if it had been left alone for so long. */
  static void age(Path warehouse, Duration age) throws IOException {
    FileTime time = FileTime.from(Instant.now().minus(age));
    for (Path file : Directories.files(warehouse)) {
      Files.setLastModifiedTime(file, time);
    }
  }

  static long[] range(int from, int to) {
    return IntStream.range(from, to).asLongStream().toArray();
  }
}
