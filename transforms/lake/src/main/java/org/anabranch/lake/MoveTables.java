package org.anabranch.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.anabranch.model.Internal;
import org.apache.iceberg.TableOperations;

/**
 * Makes the tables of a warehouse whole that was copied or moved as a directory. Metadata names
 * files by absolute paths; each table gets a version of its own with the paths as they are now: its
 * manifests, its file of deleted positions, its state. Data files stay as they are. The current
 * version of each table is kept, older ones are not.
 *
 * <p>Table by table, each at once: cut off, it is run again and goes on. Until all are whole the
 * warehouse is not written, see {@link TableLocations}. Nothing is read or changed where the tables
 * were.
 */
@Internal
public final class MoveTables {

  private final LakeConfig config;
  private final String old;
  private final Consumer<String> notes;

  private MoveTables(LakeConfig config, String old, Consumer<String> notes) {
    this.config = config;
    this.old = old;
    this.notes = notes;
  }

  /**
   * What became of a table.
   *
   * @param version it has now
   * @param rows in it
   * @param files its data files
   * @param wasWhole whether it lay in its place before
   */
  public record MovedTable(String table, long version, long rows, long files, boolean wasWhole) {}

  /**
   * Makes all tables whole.
   *
   * @param config of the warehouse where it is now
   * @param old where it was
   * @param notes hears what a person should know
   * @throws IOException where a file is missing, or a table was made elsewhere
   */
  public static List<MovedTable> run(LakeConfig config, String old, Consumer<String> notes)
      throws IOException {
    return new MoveTables(config, Storage.at(old).location(""), notes).run();
  }

  private List<MovedTable> run() throws IOException {
    if (!config.isDirectory()) {
      throw new IllegalArgumentException(
          "a catalog of type "
              + config.type()
              + " knows its tables by their old paths: register them anew with its own means (an"
              + " engine's register_table), or open the warehouse under its old path");
    }

    try (LakeCatalog catalog = LakeCatalog.open(config, operations -> operations)) {
      forgetRuns();
      List<MovedTable> moved = new ArrayList<>();
      for (String table : catalog.names()) {
        TableOperations loaded = Objects.requireNonNull(catalog.load(table), table);
        boolean isArchive = ArchiveLayout.isArchive(loaded.current());
        if (Lake.isOurs(loaded) || isArchive) {
          moved.add(move(catalog, table, loaded));
        } else {
          notes.accept("table '" + table + "' was not made by anabranch and stays as it is");
        }
      }

      return moved;
    }
  }

  /** Whatever ran when the warehouse was copied runs, or died, where it was. */
  private void forgetRuns() throws IOException {
    for (String run : RunDirectory.all(config)) {
      try (RunDirectory directory = RunDirectory.takeOver(config, run)) {
        if (directory == null) {
          throw new IOException(
              "run %s is under way in %s; let it end first".formatted(run, config.warehouse()));
        }

        notes.accept(
            "run %s had not ended when the warehouse was copied: what it has not committed is not here; read its input again"
                .formatted(run));
        directory.delete();
      }
    }
  }

  private MovedTable move(LakeCatalog catalog, String table, TableOperations loaded)
      throws IOException {
    boolean isWhole = TableLocations.isInPlace(config, table, loaded.current());
    if (!isWhole) {
      requireMadeIn(table, TableLocations.recorded(config, loaded.current()));
      new MoveTable(config, table, loaded).run();
    }

    TableOperations now = Objects.requireNonNull(catalog.load(table), table);
    Map<String, String> summary =
        now.current().currentSnapshot() == null
            ? Map.of()
            : Objects.requireNonNullElse(now.current().currentSnapshot().summary(), Map.of());
    long rows = total(summary, "total-records") - total(summary, "total-position-deletes");
    long version = now.current().lastSequenceNumber();
    return new MovedTable(table, version, rows, total(summary, "total-data-files"), isWhole);
  }

  private static long total(Map<String, String> summary, String what) {
    return Long.parseLong(summary.getOrDefault(what, "0"));
  }

  private void requireMadeIn(String table, String recorded) throws IOException {
    String expected = old + "/" + config.namespace() + "/" + table;
    boolean isThere = recorded.equals(expected) || config.storage().isSame(recorded, expected);
    if (!isThere) {
      throw new IOException(
          "table '%s' was made in %s, not in %s".formatted(table, recorded, expected));
    }
  }
}
