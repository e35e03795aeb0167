package org.anabranch.lake;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.anabranch.lake.OwnFiles.OwnFile;
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
public final class ManageTables {

  private static final String READ = "read:";
  private static final String TOPIC = "topic:";
  private static final String HISTORY = "_history";

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
  public record Extent(int files, long bytes, List<Path> foreign) {}

  /** What a drop of a table would delete. */
  public Extent extent(String table) throws IOException {
    TableOperations loaded = ours(table);
    Path root = root(loaded);
    long bytes = 0;
    Set<Path> own = own(table, loaded, root);
    for (Path file : own) {
      bytes += Files.size(file);
    }

    List<Path> foreign = new ArrayList<>();
    for (Path file : Directories.files(root)) {
      if (!own.contains(file) && !isFixed(root, file)) {
        foreign.add(file);
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
    Path root = root(loaded);
    Extent extent = extent(table);
    Set<Path> own = own(table, loaded, root);
    if (lake.config().isDirectory()) {
      Files.deleteIfExists(root.resolve("metadata/version-hint.text"));
      own.stream()
          .filter(file -> version(file) > 0)
          .sorted(Comparator.comparingLong(ManageTables::version))
          .forEach(ManageTables::delete);
    } else {
      lake.catalog().drop(table);
    }

    own.forEach(ManageTables::delete);
    deleteIfFixed(root);
    removeEmpty(root);
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
        && References.path(made.current().location())
            .equals(Path.of(lake.config().location(table)));
  }

  private void renameOne(String table, String name) throws IOException {
    Path target = Path.of(lake.config().location(name));
    if (!isBegun(table, name)) {
      ours(table);
      if (Files.exists(target)) {
        throw new IllegalArgumentException("there is something else at " + target);
      }

      Files.move(Path.of(lake.config().location(table)), target);
      Disk.forceDirectory(Path.of(lake.config().tables()));
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

  private static Path root(TableOperations loaded) throws IOException {
    return References.path(loaded.current().location()).toRealPath();
  }

  /** Files of ours by place and name, and those that a version needs, below the directory. */
  private static Set<Path> own(String table, TableOperations loaded, Path root) throws IOException {
    Set<Path> own = new HashSet<>();
    for (OwnFile file : OwnFiles.in(root)) {
      own.add(file.path());
    }

    Set<String> needed = References.of(table, loaded);
    for (Path file : Directories.files(root)) {
      if (needed.contains(file.getFileName().toString()) && OwnFiles.isPlain(file)) {
        own.add(file);
      }
    }

    return own;
  }

  private static boolean isFixed(Path root, Path file) {
    return file.equals(root.resolve("metadata/version-hint.text"))
        || file.equals(root.resolve("_ab/lock"));
  }

  private static void deleteIfFixed(Path root) throws IOException {
    Files.deleteIfExists(root.resolve("metadata/version-hint.text"));
    Files.deleteIfExists(root.resolve("_ab/lock"));
  }

  /** Number of a version of a directory's catalog; 0 for any other file. */
  private static long version(Path file) {
    return DirectoryLocks.version(file);
  }

  private static void delete(Path file) {
    try {
      if (OwnFiles.isPlain(file)) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void removeEmpty(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            try {
              Files.delete(directory);
            } catch (DirectoryNotEmptyException ofOthers) {
              return FileVisitResult.CONTINUE;
            }

            return FileVisitResult.CONTINUE;
          }
        });
  }
}
