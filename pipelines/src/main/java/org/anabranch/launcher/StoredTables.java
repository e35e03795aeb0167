package org.anabranch.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.anabranch.lake.Archive;
import org.anabranch.lake.BrokenTableException;
import org.anabranch.lake.ComputedTables;
import org.anabranch.lake.Lake;
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

  private final PrintStream err;
  private boolean isNoted;

  private StoredTables(Path directory, Lake lake, PrintStream err) {
    this.directory = directory;
    this.lake = lake;
    this.err = err;
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
    Map<String, String> catalog = file == null ? Map.of() : RunFile.catalog(Path.of(file), context);
    try {
      Lake lake = Lake.at(TargetOptions.lake(directory, catalog));
      return new StoredTables(directory, lake, context.err());
    } catch (IOException e) {
      throw new RunFailedException(
          "cannot read the warehouse " + directory + ": " + Reasons.of(e), e);
    }
  }

  Path directory() {
    return directory;
  }

  Lake lake() {
    return lake;
  }

  /** The tables that can be read; see {@link #requireWhole}. */
  List<LakeTable> all() {
    try {
      List<LakeTable> tables = lake.tables();
      tables.forEach(this::noteElsewhere);
      return tables;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * Versions of its inputs that a computed table does not have yet, by input; null for a table that
   * is not computed.
   */
  @Nullable Map<String, Integer> behind(LakeTable table) {
    try {
      return ComputedTables.isComputed(table) ? ComputedTables.behind(lake, table) : null;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * Requires that all tables could be read.
   *
   * @throws RunFailedException naming those that could not
   */
  void requireWhole() {
    Collection<String> broken = lake.broken().values();
    if (!broken.isEmpty()) {
      throw new RunFailedException(List.copyOf(broken));
    }
  }

  /** Says whose files are shown, where they are of another warehouse. */
  private LakeTable noteElsewhere(LakeTable table) {
    String elsewhere = table.elsewhere();
    if (elsewhere != null && !isNoted) {
      isNoted = true;
      err.println(
          "note: %s is a copy: the rows of '%s' and of its other tables are read from files of the original, such as those in %s; './anabranch move' makes the copy whole"
              .formatted(directory, table.table(), elsewhere));
    }

    return table;
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
      return noteElsewhere(table.call());
    } catch (IllegalArgumentException e) {
      throw new WrongCallException(Reasons.of(e), e);
    } catch (BrokenTableException e) {
      throw new RunFailedException(Reasons.of(e), e);
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
