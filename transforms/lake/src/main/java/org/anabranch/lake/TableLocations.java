package org.anabranch.lake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether tables lie where their metadata says. Metadata names files by absolute paths: in a
 * warehouse that was copied or moved they lead to the files of another one, so that a writer would
 * change the original, and a clean-up would find everything here needless. Two names, links and
 * mounts of one directory are the same place: the file system says which file a path leads to.
 */
final class TableLocations {

  private TableLocations() {}

  /**
   * Requires that a table of ours lies where its metadata says.
   *
   * @throws DisplacedTableException where it does not
   */
  static void requireInPlace(LakeConfig config, String table, TableMetadata metadata)
      throws IOException {
    if (!isInPlace(config, table, metadata)) {
      throw displaced(config, table, metadata);
    }
  }

  /**
   * Requires that the files of a table can be reached, be it in place or not.
   *
   * @return where they are if not in place
   * @throws DisplacedTableException where there are none
   */
  static @Nullable Path elsewhere(LakeConfig config, String table, TableMetadata metadata)
      throws IOException {
    if (isInPlace(config, table, metadata)) {
      return null;
    }

    Path recorded = References.path(metadata.location());
    if (!Files.isDirectory(recorded)) {
      throw displaced(config, table, metadata);
    }

    return recorded;
  }

  private static DisplacedTableException displaced(
      LakeConfig config, String table, TableMetadata metadata) throws IOException {
    return new DisplacedTableException(
        config.warehouse(), table, References.path(metadata.location()), config.namespace());
  }

  static boolean isInPlace(LakeConfig config, String table, TableMetadata metadata)
      throws IOException {
    Path recorded = References.path(metadata.location());
    Path opened = Path.of(config.location(table));
    if (recorded.equals(opened)) {
      return true;
    }

    if (config.isDirectory()) {
      return isSame(recorded, opened);
    }

    // A catalog may have given the table another name than its directory has.
    Path parent = recorded.getParent();
    return parent != null && isSame(parent, Path.of(config.tables()));
  }

  private static boolean isSame(Path one, Path other) throws IOException {
    return Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other);
  }

  /**
   * The same warehouse by the name that its tables have for it, if it was opened by another one, so
   * that whatever is written goes by one name.
   */
  static LakeConfig asRecorded(LakeCatalog catalog) throws IOException {
    LakeConfig config = catalog.config();
    for (String table : catalog.names()) {
      TableOperations loaded = catalog.loadIfWhole(table);
      if (loaded == null || !Lake.isOurs(loaded)) {
        continue;
      }

      Path warehouse = warehouse(References.path(loaded.current().location()));
      if (warehouse == null || warehouse.equals(config.warehouse())) {
        return config;
      }

      return isSame(warehouse, config.warehouse()) ? config.withWarehouse(warehouse) : config;
    }

    return config;
  }

  private static @Nullable Path warehouse(Path location) {
    Path namespace = location.getParent();
    return namespace == null ? null : namespace.getParent();
  }
}
