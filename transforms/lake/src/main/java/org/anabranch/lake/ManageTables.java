package org.anabranch.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.anabranch.lake.OwnFiles.OwnFile;
import org.anabranch.lake.Storage.Entry;
import org.anabranch.model.Internal;
import org.anabranch.transforms.parse.TableNames;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * Drops and renames tables, and forgets how far jobs have come. Refused while a run is under way,
 * or has died in the middle of its commits.
 */
@Internal
public final class ManageTables {

  private static final String READ = "read:";
  private static final String TOPIC = "topic:";
  private static final String HISTORY = "_history";

  /** Files of a table's directory that are ours under whatever version. */
  private static final String HINT = "/metadata/version-hint.text";

  private static final String LOCK = "/_ab/lock";

  private final Lake lake;

  private ManageTables(Lake lake) {
    this.lake = lake;
  }

  public static ManageTables of(Lake lake) {
    return new ManageTables(lake);
  }

  /**
   * What lies in the directory of a table.
   *
   * @param files that are the table's
   * @param bytes their size
   * @param foreign files and links of others, which stay
   */
  public record Extent(int files, long bytes, List<String> foreign) {}

  /** What a drop of a table would delete. */
  public Extent extent(String table) throws IOException {
    TableOperations loaded = ours(table);
    String root = root(loaded);
    long bytes = 0;
    Map<String, Entry> own = own(table, loaded, root);
    for (Entry file : own.values()) {
      bytes += file.bytes();
    }

    List<String> foreign = new ArrayList<>();
    for (Entry file : storage().files(root)) {
      if (!own.containsKey(file.name()) && !isFixed(root, file.name())) {
        foreign.add(file.name());
      }
    }

    return new Extent(own.size(), bytes, foreign);
  }

  /**
   * Deletes a table with all its versions; files of others stay. The newest version goes last of
   * the versions and before its files: cut off, the table is there as it was, or it is not there.
   */
  public Extent drop(String table) throws IOException {
    requireNoRun(table);
    TableOperations loaded = ours(table);
    String root = root(loaded);
    Extent extent = extent(table);
    Set<String> own = own(table, loaded, root).keySet();
    if (lake.config().isDirectory()) {
      storage().delete(root + HINT);
      own.stream()
          .filter(file -> version(file) > 0)
          .sorted(Comparator.comparingLong(ManageTables::version))
          .forEach(this::delete);
    } else {
      lake.catalog().drop(table);
    }

    own.forEach(this::delete);
    storage().delete(root + HINT);
    storage().delete(root + LOCK);
    storage().deleteEmpty(root);
    return extent;
  }

  /** Moves a table, and its history, to another name. */
  public List<String> rename(String table, String name) throws IOException {
    requireNoRun(table);
    if (!lake.config().isDirectory()) {
      throw new IllegalArgumentException(
          "a table of a catalog of type %s is renamed by the means of the catalog"
              .formatted(lake.config().type()));
    }

    TableNames.check(name);
    List<String> renamed = new ArrayList<>();
    for (String suffix : List.of("", HISTORY)) {
      String from = table + suffix;
      String to = name + suffix;
      if (suffix.isEmpty() || lake.catalog().load(from) != null || isBegun(from, to)) {
        renameOne(from, to);
        renamed.add(to);
      }
    }

    return renamed;
  }

  /** Whether a rename was cut off between the directory and its metadata. */
  private boolean isBegun(String table, String name) throws IOException {
    TableOperations made = lake.catalog().load(name);
    return made != null
        && Lake.isOurs(made)
        && !TableLocations.isInPlace(lake.config(), name, made.current())
        && TableLocations.recorded(lake.config(), made.current())
            .equals(lake.config().location(table));
  }

  private void renameOne(String table, String name) throws IOException {
    String target = lake.config().location(name);
    if (!isBegun(table, name)) {
      ours(table);
      if (storage().exists(target)) {
        throw new IllegalArgumentException("there is something else at " + target);
      }

      storage().move(lake.config().location(table), target);
      storage().forceNames(lake.config().tables());
    }

    new MoveTable(lake.config(), name, Objects.requireNonNull(lake.catalog().load(name))).run();
  }

  /** Next offsets by {@code TOPIC/PARTITION} of a job, over all tables. */
  public Map<String, Long> progress(String job) throws IOException {
    String prefix = READ + job + "/";
    Map<String, Long> progress = new TreeMap<>();
    for (LakeTable table : lake.tables()) {
      table
          .places()
          .forEach(
              (place, at) -> {
                if (place.startsWith(prefix)) {
                  progress.merge(place.substring(prefix.length()), at, Math::max);
                }
              });
    }

    return progress;
  }

  /** Jobs of which some progress is known. */
  public Set<String> jobs() throws IOException {
    Set<String> jobs = new java.util.TreeSet<>();
    for (LakeTable table : lake.tables()) {
      for (String place : table.places().keySet()) {
        if (place.startsWith(READ) && place.indexOf('/') > 0) {
          jobs.add(place.substring(READ.length(), place.indexOf('/')));
        }
      }
    }

    return jobs;
  }

  /** Forgets how far a job has come: its next run reads from the start. */
  public void reset(String job) throws IOException {
    requireNoRun(null);
    List<String> prefixes = List.of(READ + job + "/", TOPIC + job + "/");
    try (LakeRun run = lake.startRun(1)) {
      for (LakeTable table : lake.tables()) {
        boolean isKnown =
            table.places().keySet().stream()
                .anyMatch(place -> prefixes.stream().anyMatch(place::startsWith));
        if (isKnown) {
          forget(table.table(), prefixes, run.id());
        }
      }
    }
  }

  private void forget(String table, List<String> prefixes, String run) throws IOException {
    TableOperations loaded = ours(table);
    TableMetadata now = loaded.current();
    TableState state = States.read(table, loaded.io(), now, States.current(now));
    Transaction transaction = lake.catalog().update(table, loaded, now, run);
    String name =
        States.write(
            transaction.table().io(), transaction.table().location(), run, state.without(prefixes));
    RowDelta delta = transaction.newRowDelta();
    delta.set(States.TOKEN, run).set(States.STATE, name);
    delta.commit();
    transaction.updateProperties().set(States.STATE, name).commit();
    transaction.commitTransaction();
  }

  private TableOperations ours(String table) throws IOException {
    TableOperations loaded = lake.catalog().load(TableNames.check(table));
    if (loaded == null || !(Lake.isOurs(loaded) || ArchiveLayout.isArchive(loaded.current()))) {
      throw new IllegalArgumentException(
          "there is no table '%s' of anabranch in %s; tables: %s"
              .formatted(table, lake.config().warehouse(), lake.catalog().names()));
    }

    TableLocations.requireInPlace(lake.config(), table, loaded.current());
    return loaded;
  }

  private void requireNoRun(@Nullable String table) throws IOException {
    for (String run : RunDirectory.all(lake.config())) {
      try (RunDirectory directory = RunDirectory.takeOver(lake.config(), run)) {
        if (directory == null) {
          throw new IllegalArgumentException(
              "run %s is under way in %s; let it end first"
                  .formatted(run, lake.config().warehouse()));
        }

        List<String> missing = lake.missing(run, directory);
        if (table == null ? !missing.isEmpty() : missing.contains(table)) {
          throw new IllegalArgumentException(
              "run %s has died before it had committed %s; finish it first with: anabranch compact --warehouse=%s"
                  .formatted(run, String.join(", ", missing), lake.config().warehouse()));
        }
      }
    }
  }

  private Storage storage() {
    return lake.config().storage();
  }

  private String root(TableOperations loaded) throws IOException {
    return storage().realLocation(loaded.current().location());
  }

  /** Files of ours by place and name, and those that a version needs, below the directory. */
  private Map<String, Entry> own(String table, TableOperations loaded, String root)
      throws IOException {
    Map<String, Entry> own = new HashMap<>();
    for (OwnFile file : OwnFiles.in(storage(), root)) {
      own.put(file.location(), file.entry());
    }

    Set<String> needed = References.of(table, loaded);
    for (Entry file : storage().files(root)) {
      if (needed.contains(file.fileName()) && file.isFile()) {
        own.put(file.name(), file);
      }
    }

    return own;
  }

  private static boolean isFixed(String root, String file) {
    return file.equals(root + HINT) || file.equals(root + LOCK);
  }

  /** Number of a version of a directory's catalog; 0 for any other file. */
  private static long version(String file) {
    return DirectoryLocks.version(Storage.fileName(file));
  }

  private void delete(String file) {
    try {
      storage().deleteFile(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
