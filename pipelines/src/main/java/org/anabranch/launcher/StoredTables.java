package org.anabranch.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.anabranch.files.Warehouse;
import org.anabranch.files.Warehouse.TableVersion;

/** The warehouse that a command reads. */
final class StoredTables {

  static final OptionSpec WAREHOUSE =
      OptionSpec.of("warehouse", "DIR", "directory of the tables, as given to run");

  private final Path directory;
  private final Warehouse warehouse;

  private StoredTables(Path directory) {
    this.directory = directory;
    this.warehouse = Warehouse.at(directory);
  }

  /**
   * Opens the warehouse that the options name.
   *
   * @throws WrongCallException where there is none
   */
  static StoredTables open(Settings settings) {
    Path directory = TargetOptions.directory(settings, WAREHOUSE);
    if (!Files.isDirectory(directory)) {
      throw settings.wrong(
          WAREHOUSE, "must be a directory that a run has written, but there is no " + directory);
    }

    return new StoredTables(directory);
  }

  Path directory() {
    return directory;
  }

  List<TableVersion> all() {
    try {
      return warehouse.tables();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Current version of a table. */
  TableVersion current(String table) {
    try {
      return warehouse.table(table);
    } catch (IllegalArgumentException e) {
      throw new WrongCallException(Reasons.of(e), e);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** A version of a table that is still there. */
  TableVersion version(String table, long version) {
    try {
      return warehouse.table(table, version);
    } catch (IllegalArgumentException e) {
      throw new WrongCallException(Reasons.of(e), e);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  RunFailedException unreadable(IOException failure) {
    return new RunFailedException(
        "cannot read the warehouse " + directory + ": " + Reasons.of(failure), failure);
  }
}
