package org.anabranch.files;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.anabranch.files.TableDescription.DataFile;
import org.anabranch.files.Warehouse.TableCommit;
import org.anabranch.transforms.merge.TableStore.WrittenFile;

/**
 * Makes the files of a run the next version of a table. Until the last step, the rename of the link
 * over the old one, readers find the old version; a run that dies leaves only what {@link
 * #removeGarbage} removes.
 */
final class Publication {

  private static final String LINK = "link-";

  private final WarehouseLayout layout;
  private final Path staging;
  private final int keepVersions;
  private final Clock clock;
  private final Consumer<PublishStep> done;

  Publication(
      WarehouseLayout layout,
      Path staging,
      int keepVersions,
      Clock clock,
      Consumer<PublishStep> done) {
    this.layout = layout;
    this.staging = staging;
    this.keepVersions = keepVersions;
    this.clock = clock;
    this.done = done;
  }

  /** Publishes one table and returns its new version. */
  long publish(TableCommit commit) throws IOException {
    String table = commit.table();
    check(commit);
    List<WrittenFile> files = commit.files().isEmpty() ? noRows(commit) : commit.files();
    prune(layout, table, keepVersions);
    long version = layout.current(table) + 1;
    Path building = layout.versions(table).resolve("building-" + UUID.randomUUID());
    Files.createDirectories(building);
    List<DataFile> moved = move(files, building);
    Directories.delete(staging.resolve(table));
    describe(commit, version, moved, building);
    done.accept(PublishStep.DESCRIBED);

    Files.move(building, layout.version(table, version), StandardCopyOption.ATOMIC_MOVE);
    Directories.sync(layout.versions(table));
    done.accept(PublishStep.NAMED);
    link(table, version);
    return version;
  }

  /** Checks that the table can be published. */
  void check(TableCommit commit) throws IOException {
    Path link = layout.link(commit.table());
    if (Files.exists(link) && layout.current(commit.table()) == 0) {
      throw new IllegalStateException(
          link + " is in the way of the table: it is not a link to a version of it");
    }

    Set<Path> seen = new HashSet<>();
    for (WrittenFile file : commit.files()) {
      Path path = path(file);
      if (!path.startsWith(staging) || !seen.add(path)) {
        throw new IllegalArgumentException(
            "a file to publish must be listed once and lie in "
                + staging
                + ", but was: "
                + file.path());
      }
    }
  }

  private static Path path(WrittenFile file) {
    Path path =
        file.path().startsWith("file:") ? Path.of(URI.create(file.path())) : Path.of(file.path());
    return path.toAbsolutePath().normalize();
  }

  /** One file without rows, so that readers find the columns. */
  private List<WrittenFile> noRows(TableCommit commit) throws IOException {
    ParquetStore store = ParquetStore.into(staging.toString());
    return List.of(store.create(commit.table(), commit.schema(), 0).close());
  }

  private List<DataFile> move(List<WrittenFile> files, Path building) throws IOException {
    List<DataFile> moved = new ArrayList<>();
    for (WrittenFile file : byBucket(files)) {
      Path source = path(file);
      Path target = building.resolve(source.getFileName());
      Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
      Directories.sync(target);
      moved.add(new DataFile(source.getFileName().toString(), file.rows(), file.bytes()));
      done.accept(PublishStep.FILE_MOVED);
    }

    return moved;
  }

  private static List<WrittenFile> byBucket(List<WrittenFile> files) {
    return files.stream().sorted(Comparator.comparingInt(WrittenFile::bucket)).toList();
  }

  private void describe(TableCommit commit, long version, List<DataFile> files, Path building)
      throws IOException {
    TableDescription description =
        new TableDescription(
            commit.table(),
            version,
            clock.instant().truncatedTo(ChronoUnit.MILLIS),
            commit.key(),
            commit.schema(),
            files,
            commit.progress());
    Path target = building.resolve(WarehouseLayout.DESCRIPTION);
    description.write(target);
    Directories.sync(target);
    Directories.sync(building);
  }

  private void link(String table, long version) throws IOException {
    Path next = layout.state().resolve(LINK + UUID.randomUUID());
    Files.createSymbolicLink(next, layout.linkTarget(table, version));
    done.accept(PublishStep.LINK_MADE);
    Files.move(next, layout.link(table), StandardCopyOption.ATOMIC_MOVE);
    Directories.sync(layout.directory());
    done.accept(PublishStep.LINKED);
  }

  /**
   * Removes what dead runs left and the versions beyond the newest {@code keepVersions} of each
   * table. Only for the holder of the lock.
   */
  static void removeGarbage(WarehouseLayout layout, int keepVersions) throws IOException {
    Directories.delete(layout.staging());
    for (Path entry : WarehouseLayout.children(layout.state())) {
      if (entry.getFileName().toString().startsWith(LINK)) {
        Directories.delete(entry);
      }
    }

    for (Path table : WarehouseLayout.children(layout.tables())) {
      prune(layout, table.getFileName().toString(), keepVersions);
    }
  }

  /** Keeps the current version of a table and the newest ones before it. */
  private static void prune(WarehouseLayout layout, String table, int keepVersions)
      throws IOException {
    long current = layout.current(table);
    List<Long> published =
        layout.existing(table).stream().filter(version -> version <= current).toList();
    Set<Path> kept = new HashSet<>();
    for (Long version :
        published.subList(Math.max(0, published.size() - keepVersions), published.size())) {
      kept.add(layout.version(table, version));
    }

    for (Path entry : WarehouseLayout.children(layout.versions(table))) {
      if (!kept.contains(entry)) {
        // Renamed first: a version that is listed is whole.
        Path removed = entry.resolveSibling("removed-" + UUID.randomUUID());
        Files.move(entry, removed, StandardCopyOption.ATOMIC_MOVE);
        Directories.delete(removed);
      }
    }
  }
}
