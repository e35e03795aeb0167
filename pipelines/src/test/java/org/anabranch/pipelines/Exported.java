package org.anabranch.pipelines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.anabranch.lake.ExportTable;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.LakeTable;

/** Tables of a warehouse as plain Parquet files, which DuckDB reads. */
final class Exported {

  private Exported() {}

  /** Files with the live rows of the current version of a table. */
  static List<Path> files(Path warehouse, String table) throws IOException {
    try (Lake lake = Lake.at(LakeConfig.at(warehouse))) {
      Path output = Files.createTempDirectory(warehouse.getParent(), "export-").resolve(table);
      return ExportTable.export(lake.table(table), output).files();
    }
  }

  /** Names of the tables. */
  static List<String> tables(Path warehouse) throws IOException {
    try (Lake lake = Lake.at(LakeConfig.at(warehouse))) {
      return lake.tables().stream().map(LakeTable::table).toList();
    }
  }
}
