package org.anabranch.lake;

import java.io.IOException;
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
  static @Nullable String elsewhere(LakeConfig config, String table, TableMetadata metadata)
      throws IOException {
    if (isInPlace(config, table, metadata)) {
      return null;
    }

    String recorded = recorded(config, metadata);
    if (!config.storage().isDirectory(recorded)) {
      throw displaced(config, table, metadata);
    }

    return recorded;
  }

  private static DisplacedTableException displaced(
      LakeConfig config, String table, TableMetadata metadata) {
    return new DisplacedTableException(config, table, recorded(config, metadata));
  }

  /** Where a table lies as its metadata say. */
  static String recorded(LakeConfig config, TableMetadata metadata) {
    return config.storage().location(metadata.location());
  }

  static boolean isInPlace(LakeConfig config, String table, TableMetadata metadata)
      throws IOException {
    String recorded = recorded(config, metadata);
    String opened = config.location(table);
    if (recorded.equals(opened)) {
      return true;
    }

    if (config.isDirectory()) {
      return config.storage().isSame(recorded, opened);
    }

    // A catalog may have given the table another name than its directory has.
    String parent = Storage.parent(recorded);
    return parent != null && config.storage().isSame(parent, config.tables());
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

      String warehouse = warehouse(recorded(config, loaded.current()));
      if (warehouse == null || warehouse.equals(config.root())) {
        return config;
      }

      return config.storage().isSame(warehouse, config.root())
          ? config.withWarehouse(warehouse)
          : config;
    }

    return config;
  }

  private static @Nullable String warehouse(String location) {
    String namespace = Storage.parent(location);
    return namespace == null ? null : Storage.parent(namespace);
  }
}
