package org.anabranch.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.anabranch.files.TableDescription.DataFile;
import org.anabranch.model.Schema;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.anabranch.transforms.parse.TableNames;

/**
 * A directory of versioned tables on a local file system, or a shared one that keeps the rules of
 * POSIX (atomic rename, locks). {@code DIR/TABLE} is a symbolic link to {@code
 * .anabranch/tables/TABLE/vNNNNNN}, which holds Parquet files and {@code _ab_table.json}. A version
 * is complete before the link is renamed over the old one: readers that follow the link find the
 * old files or the new ones, never a mix. Tables are published one by one.
 *
 * <p>One run writes at a time. Reading needs no lock; a version stays at least until the next run
 * starts or publishes, and as many versions as that run is told to keep stay longer.
 */
public final class Warehouse {

  /** Versions of each table that stay unless told otherwise: the current and the one before. */
  public static final int DEFAULT_KEEP_VERSIONS = 2;

  private static final Pattern SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:/.*");
  private static final int ATTEMPTS = 5;

  private final WarehouseLayout layout;
  private final Consumer<PublishStep> done;

  private Warehouse(Path directory, Consumer<PublishStep> done) {
    layout = new WarehouseLayout(directory.toAbsolutePath().normalize());
    this.done = done;
  }

  /**
   * The warehouse in a directory, which need not exist yet.
   *
   * @throws IllegalArgumentException where the path is a URI such as {@code s3://bucket/tables}
   */
  public static Warehouse at(Path directory) {
    return at(directory, step -> {});
  }

  /** As {@link #at(Path)}; {@code done} hears of each step of each publication. */
  static Warehouse at(Path directory, Consumer<PublishStep> done) {
    boolean local = directory.getFileSystem().equals(FileSystems.getDefault());
    if (!local || SCHEME.matcher(directory.toString()).matches()) {
      throw new IllegalArgumentException(
          "a warehouse must be a directory of a local or shared file system, which has locks and"
              + " atomic renames, but was: "
              + directory);
    }

    return new Warehouse(directory, done);
  }

  /** Starts a run that keeps {@link #DEFAULT_KEEP_VERSIONS} versions of each table. */
  public Run startRun() throws IOException {
    return startRun(DEFAULT_KEEP_VERSIONS);
  }

  /**
   * Takes the right to write until the run is closed, and removes what dead runs left and the
   * oldest versions.
   *
   * @param keepVersions versions of each table that stay, the current one included; at least 1.
   *     More let slower readers finish and older states be read, at the cost of their size.
   * @throws IllegalStateException where another run, of this process or another, is writing
   */
  public Run startRun(int keepVersions) throws IOException {
    if (keepVersions < 1) {
      throw new IllegalArgumentException(
          "keepVersions must be at least 1, but was: " + keepVersions);
    }

    Clock clock = Clock.systemUTC();
    WriteLock lock = WriteLock.take(layout, clock);
    try {
      Publication.removeGarbage(layout, keepVersions);
      String id = UUID.randomUUID().toString();
      Path staging = layout.staging().resolve(id);
      Files.createDirectories(staging);
      return new Run(
          id, staging, lock, new Publication(layout, staging, keepVersions, clock, done));
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** The current versions of all tables by name; none where nothing was ever published. */
  public List<TableVersion> tables() throws IOException {
    List<TableVersion> tables = new ArrayList<>();
    for (String name : names()) {
      tables.add(table(name));
    }

    return tables;
  }

  private List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    for (Path entry : WarehouseLayout.children(layout.directory())) {
      String name = entry.getFileName().toString();
      if (layout.current(name) > 0) {
        names.add(name);
      }
    }

    return names;
  }

  /**
   * The current version of a table.
   *
   * @throws IllegalArgumentException where there is no such table, listing those there are
   */
  public TableVersion table(String name) throws IOException {
    for (int attempt = 1; ; attempt++) {
      long current = current(name);
      try {
        return read(name, current);
      } catch (NoSuchFileException e) {
        // A run has published and removed the version in between; the link points elsewhere now.
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /**
   * A version of a table that still exists.
   *
   * @throws IllegalArgumentException where there is none, listing those there are
   */
  public TableVersion table(String name, long version) throws IOException {
    long current = current(name);
    List<Long> versions =
        layout.existing(name).stream().filter(existing -> existing <= current).toList();
    if (!versions.contains(version)) {
      throw new IllegalArgumentException(
          "table '" + name + "' has no version " + version + "; versions: " + versions);
    }

    return read(name, version);
  }

  private long current(String name) throws IOException {
    long current = layout.current(TableNames.check(name));
    if (current == 0) {
      throw new IllegalArgumentException(
          "no table '" + name + "' in " + layout.directory() + "; tables: " + names());
    }

    return current;
  }

  private TableVersion read(String name, long version) throws IOException {
    Path directory = layout.version(name, version);
    TableDescription read = TableDescription.read(directory.resolve(WarehouseLayout.DESCRIPTION));
    return new TableVersion(
        name,
        version,
        read.committedAt(),
        read.key(),
        read.schema(),
        read.files().stream().mapToLong(DataFile::rows).sum(),
        read.files().stream().mapToLong(DataFile::bytes).sum(),
        read.files().stream().map(file -> directory.resolve(file.name())).toList(),
        read.progress());
  }

  /**
   * What becomes the next version of a table.
   *
   * @param key columns by which each file is sorted; none where the rows have no order
   * @param files of the run's staging directory; all others there are deleted
   * @param progress any text, kept with the version
   */
  public record TableCommit(
      String table, List<String> key, Schema schema, List<WrittenFile> files, String progress) {

    public TableCommit {
      TableNames.check(table);
      key = List.copyOf(key);
      files = List.copyOf(files);
      for (String column : key) {
        if (schema.column(column) == null) {
          throw new IllegalArgumentException(
              "a key column of table '"
                  + table
                  + "' must be one of its columns, but was: "
                  + column);
        }
      }
    }
  }

  /**
   * A version of a table.
   *
   * @param version from 1
   * @param bytes size of the data files
   * @param files absolute paths
   * @param progress as it was committed
   */
  public record TableVersion(
      String table,
      long version,
      Instant committedAt,
      List<String> key,
      Schema schema,
      long rows,
      long bytes,
      List<Path> files,
      String progress) {

    public TableVersion {
      key = List.copyOf(key);
      files = List.copyOf(files);
    }

    /** Opens the rows, ordered by key. */
    public TableRows openRows() throws IOException {
      return TableRows.open(this);
    }
  }

  /** The one run that may write the warehouse, until it is closed. */
  public static final class Run implements Closeable {

    private final String id;
    private final Path staging;
    private final WriteLock lock;
    private final Publication publication;

    private Run(String id, Path staging, WriteLock lock, Publication publication) {
      this.id = id;
      this.staging = staging;
      this.lock = lock;
      this.publication = publication;
    }

    public String id() {
      return id;
    }

    /** Absolute path of the directory in which this run writes {@code TABLE/FILE}. */
    public Path staging() {
      return staging;
    }

    /**
     * Checks that nothing is in the way of the tables, before the first of them is published.
     *
     * @throws IllegalStateException naming what is
     */
    public void check(Collection<TableCommit> commits) throws IOException {
      for (TableCommit commit : commits) {
        publication.check(commit);
      }
    }

    /**
     * Makes the listed files the next version of their table and deletes all others the run has
     * written for it; without a file, one without rows is written that has the columns. A failure
     * leaves the table as it was, and the run has to be repeated.
     *
     * @return the number of the version
     */
    public long publish(TableCommit commit) throws IOException {
      return publication.publish(commit);
    }

    /** Removes what was not published and lets other runs write. */
    @Override
    public void close() throws IOException {
      try (lock) {
        Directories.delete(staging);
      }
    }
  }
}
