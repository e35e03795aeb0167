package org.anabranch.sparkreader;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeReaderTest {

  @TempDir private Path directory;

  @Test
  void eachReadSeesTheNewestRowsAndWritesOneFile() throws Exception {
    Path copy = directory.resolve("copy");
    try (LakeReader reader = LakeReader.open(directory.resolve("warehouse"))) {
      reader.sql(
          "CREATE TABLE lake.anabranch.orders (id BIGINT, `a \"b` STRING) USING iceberg"
              + " TBLPROPERTIES ('format-version'='2', 'write.delete.mode'='merge-on-read')");
      assertThat(reader.copy("orders", copy).rows(), is(0L));
      assertThat(parquetFiles(copy), hasSize(1));

      reader.sql("INSERT INTO lake.anabranch.orders VALUES (1, 'one'), (2, 'two'), (3, NULL)");
      reader.sql("DELETE FROM lake.anabranch.orders WHERE id = 2");
      assertThat(
          reader.copy("orders", copy).json(),
          is(
              "{\"table\":\"orders\",\"rows\":2,\"columns\":[{\"name\":\"id\",\"type\":\"LongType\"},"
                  + "{\"name\":\"a \\\"b\",\"type\":\"StringType\"}]}"));
      assertThat(parquetFiles(copy), hasSize(1));
      assertThat(reader.scan("orders"), is(greaterThan(0.0)));
    }
  }

  private static List<Path> parquetFiles(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).toList();
    }
  }
}
