package org.anabranch.lake;

import static org.anabranch.lake.LakeFixture.schema;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Schema;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.RowSlices;
import org.anabranch.transforms.merge.TableStore.BucketWriter;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.anabranch.transforms.merge.TableStore.StoredBucket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prints how fast rows are written and read, per second of CPU time of one thread. */
@Tag("proof")
class LakeSpeedTest {

  private static final int ROWS = 2_000_000;
  private static final Schema SCHEMA =
      schema(
          "id", "bigint",
          "name", "string",
          "email", "string",
          "amount", "decimal(12,2)",
          "status", "string",
          "at", "timestamptz",
          "score", "double",
          "active", "boolean",
          "country", "string",
          "_ab_position", "string");

  @TempDir Path directory;

  @Test
  void printsRowsPerSecond() throws IOException {
    LakeFixture lake = new LakeFixture(directory);
    for (int round = 0; round < 4; round++) {
      write(lake, round);
    }

    for (int round = 0; round < 3; round++) {
      scan(lake, "scan key + string", List.of("_ab_position"));
      scan(lake, "scan all", SCHEMA.columns().stream().map(Schema.Column::name).toList());
      sorted(lake);
    }
  }

  private static void write(LakeFixture lake, int round) throws IOException {
    BucketWriter writer = lake.store().write("t", SCHEMA, round);
    ByteWriter values = new ByteWriter(256);
    RowSlices row = new RowSlices(10);
    int[] at = new int[10];
    long start = cpuNanos();
    for (long i = 0; i < ROWS; i++) {
      values.clear();
      long mixed = i * 0x9E3779B97F4A7C15L;
      at[0] = values.size();
      Values.writeInt(values, i);
      at[1] = values.size();
      Values.writeString(values, "customer " + (mixed >>> 40));
      at[2] = values.size();
      Values.writeString(values, "c" + (mixed >>> 36) + "@example.org");
      at[3] = values.size();
      values.writeByte(Values.DECIMAL);
      values.writeSigned(2);
      values.writeVarint(4);
      values.writeByte((int) (mixed >>> 57));
      values.writeByte((int) (mixed >>> 48));
      values.writeByte((int) (mixed >>> 40));
      values.writeByte((int) (mixed >>> 32));
      at[4] = values.size();
      Values.writeString(values, "status" + (mixed >>> 62));
      at[5] = values.size();
      Values.writeTemporal(values, Values.TIMESTAMPTZ, 1_700_000_000_000_000L + (mixed >>> 24));
      at[6] = values.size();
      Values.writeDouble(values, (double) mixed);
      at[7] = values.size();
      Values.writeBoolean(values, mixed > 0);
      at[8] = values.size();
      Values.writeString(values, "country" + (mixed >>> 57));
      at[9] = values.size();
      Values.writeString(values, "mysql-bin.000012:" + (i * 321));
      for (int c = 0; c < 10; c++) {
        row.set(c, values.buffer(), at[c]);
      }

      writer.add(row);
    }

    lake.commit(SCHEMA, writer.close());
    print("write 10 columns", cpuNanos() - start);
  }

  private static void scan(LakeFixture lake, String what, List<String> columns) throws IOException {
    StoredBucket bucket = lake.open(0);
    long start = cpuNanos();
    long bytes = 0;
    try (RowCursor cursor = bucket.scan(List.of("id"), columns)) {
      while (cursor.next()) {
        bytes += cursor.length() + cursor.keyLength();
      }
    }

    print(what + " (" + bytes + " bytes)", cpuNanos() - start);
  }

  private static void sorted(LakeFixture lake) throws IOException {
    StoredBucket bucket = lake.open(1);
    long start = cpuNanos();
    try (RowCursor cursor = bucket.sorted(List.of("id"), List.of("_ab_position"))) {
      while (cursor.next()) {
        cursor.length();
      }
    }

    print("sorted key + string", cpuNanos() - start);
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static void print(String what, long nanos) {
    System.out.printf(Locale.ROOT, "%s: %.2f million rows/s%n", what, ROWS * 1e3 / nanos);
  }
}
