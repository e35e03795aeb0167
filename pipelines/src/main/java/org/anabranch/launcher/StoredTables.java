package org.anabranch.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.anabranch.lake.Archive;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.LakeTable;
import org.anabranch.transforms.archive.RecordArchive;
import org.jspecify.annotations.Nullable;

/** The warehouse that a command reads. */
final class StoredTables {

  static final OptionSpec WAREHOUSE =
      OptionSpec.of("warehouse", "DIR", "directory of the tables, as given to run");

  static final OptionSpec CONFIG =
      OptionSpec.of(
          "config", "FILE.yaml", "file whose 'catalog' names the tables, as given to run");

  private final Path directory;
  private final Lake lake;

  private StoredTables(LakeConfig config) {
    directory = config.warehouse();
    lake = Lake.at(config);
  }

  /**
   * Opens the warehouse that the options name.
   *
   * @throws WrongCallException where there is none
   */
  static StoredTables open(Settings settings, CallContext context) {
    Path directory = TargetOptions.directory(settings, WAREHOUSE);
    if (!Files.isDirectory(directory)) {
      throw settings.wrong(
          WAREHOUSE, "must be a directory that a run has written, but there is no " + directory);
    }

    String file = settings.find(CONFIG);
    Map<String, String> catalog =
        file == null ? Map.of() : RunFile.catalog(Path.of(file), context.environment());
    return new StoredTables(TargetOptions.lake(directory, catalog));
  }

  Path directory() {
    return directory;
  }

  Lake lake() {
    return lake;
  }

  List<LakeTable> all() {
    try {
      return lake.tables();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Current version of a table. */
  LakeTable current(String table) {
    checkHasRowsByKey(table);
    return found(() -> lake.table(table));
  }

  /** A version of a table that is still there. */
  LakeTable version(String table, long version) {
    checkHasRowsByKey(table);
    return found(() -> lake.table(table, version));
  }

  /** The version of a table that was current at some time. */
  LakeTable asOf(String table, Instant time) {
    checkHasRowsByKey(table);
    return found(() -> lake.table(table, time));
  }

  /** The archive of records; null where there is none. */
  @Nullable Archive archive() {
    return Archive.of(lake);
  }

  private void checkHasRowsByKey(String table) {
    if (table.equals(RecordArchive.TABLE) && archive() != null) {
      throw new WrongCallException(
          table
              + " holds records as they came, in plain Parquet files; list them with: anabranch"
              + " files "
              + table
              + " --warehouse="
              + directory);
    }
  }

  private LakeTable found(Callable<LakeTable> table) {
    try {
      return table.call();
    } catch (IllegalArgumentException e) {
      throw new WrongCallException(Reasons.of(e), e);
    } catch (IOException e) {
      throw unreadable(e);
    } catch (Exception e) {
      throw new RunFailedException("cannot read the warehouse " + directory, e);
    }
  }

  RunFailedException unreadable(IOException failure) {
    return new RunFailedException(
        "cannot read the warehouse " + directory + ": " + Reasons.of(failure), failure);
  }
}
