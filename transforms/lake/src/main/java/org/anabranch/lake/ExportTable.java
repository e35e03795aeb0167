package org.anabranch.lake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.anabranch.lake.LakeTable.BucketStatistics;
import org.anabranch.lake.Storage.Lock;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Internal;
import org.anabranch.model.Schema;
import org.anabranch.model.Values;
import org.anabranch.parquet.ParquetExport;
import org.anabranch.parquet.ParquetExport.ExportedFile;
import org.anabranch.transforms.merge.RowSlices;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.merge.TableStore.RowCursor;

/**
 * Writes the live rows of a version of a table as plain Parquet files, one per bucket, for tools
 * that read directories of them. {@code OUTPUT} is a symbolic link to a hidden directory beside it;
 * it appears, and changes to a later export, by one rename: readers that follow the link find the
 * old files or the new ones, never a mix. The export before stays until the next one, for readers
 * that still have its files open.
 */
@Internal
public final class ExportTable {

  private static final Duration MAX_WAIT = Duration.ofSeconds(10);

  private ExportTable() {}

  /**
   * What was exported.
   *
   * @param files paths through the link
   * @param rows number of rows
   * @param bytes size of the files
   */
  public record Exported(List<Path> files, long rows, long bytes) {

    public Exported {
      files = List.copyOf(files);
    }
  }

  /**
   * Exports a version of a table.
   *
   * @throws IllegalArgumentException where something else than an earlier export, or an empty
   *     directory, is at the output
   */
  public static Exported export(LakeTable table, Path output) throws IOException {
    Path link = output.toAbsolutePath().normalize();
    Path parent = link.getParent();
    if (parent == null) {
      throw new IllegalArgumentException("cannot export to " + output);
    }

    Files.createDirectories(parent);
    String prefix = "." + link.getFileName() + ".anabranch-";
    check(link, prefix);
    Lock lock = Storage.at(parent.toString()).lock(prefix + "lock", MAX_WAIT);
    try {
      Path scratch = parent.resolve(prefix + "scratch");
      Directories.delete(scratch);
      List<ExportedFile> written = write(table, scratch);
      Path target = parent.resolve(prefix + UUID.randomUUID());
      Files.move(scratch.resolve(table.table()), target, StandardCopyOption.ATOMIC_MOVE);
      Directories.delete(scratch);
      Path before = publish(link, target, prefix);
      removeOld(parent, prefix, List.of(target, before, parent.resolve(prefix + "lock")));
      return exported(link, written);
    } finally {
      lock.close();
    }
  }

  private static void check(Path link, String prefix) throws IOException {
    if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS) || isOurs(link, prefix) || isEmpty(link)) {
      return;
    }

    throw new IllegalArgumentException(
        "an export must go to a new or empty directory or over an earlier export, but there is"
            + " something else at "
            + link);
  }

  private static boolean isOurs(Path link, String prefix) throws IOException {
    return Files.isSymbolicLink(link)
        && Files.readSymbolicLink(link).getNameCount() == 1
        && Files.readSymbolicLink(link).toString().startsWith(prefix);
  }

  private static boolean isEmpty(Path directory) throws IOException {
    if (Files.isSymbolicLink(directory)) {
      return false;
    }

    try (Stream<Path> entries = Files.list(directory)) {
      return entries.findAny().isEmpty();
    } catch (NotDirectoryException e) {
      return false;
    }
  }

  private static List<ExportedFile> write(LakeTable table, Path scratch) throws IOException {
    ParquetExport export = ParquetExport.into(scratch.toString());
    TableStore store = table.store();
    List<ExportedFile> files = new ArrayList<>();
    for (BucketStatistics bucket : table.bucketStatistics()) {
      if (bucket.dataFiles() > 0) {
        files.add(write(table, store, export, bucket.bucket()));
      }
    }

    if (files.isEmpty()) {
      // One file without rows, so that readers find the columns.
      files.add(export.create(table.table(), table.schema(), 0).close());
    }

    return files;
  }

  private static ExportedFile write(
      LakeTable table, TableStore store, ParquetExport export, int bucket) throws IOException {
    List<Schema.Column> columns = table.schema().columns();
    RowSlices slices = new RowSlices(columns.size());
    ByteReader reader = new ByteReader(new byte[0]);
    ParquetExport.RowFile file = export.create(table.table(), table.schema(), Math.max(0, bucket));
    try (LakeRows rows = LakeRows.open(store, table, List.of(bucket))) {
      while (rows.next()) {
        RowCursor row = rows.cursor();
        reader.reset(row.values(), row.offset(), row.length());
        for (int column = 0; column < columns.size(); column++) {
          slices.set(column, row.values(), reader.position());
          Values.skip(reader);
        }

        file.write(slices);
      }
    }

    return file.close();
  }

  /** Makes the link point to the target and returns where it pointed before, or the target. */
  private static Path publish(Path link, Path target, String prefix) throws IOException {
    Path before = isOurs(link, prefix) ? link.resolveSibling(Files.readSymbolicLink(link)) : target;
    if (Files.isDirectory(link, LinkOption.NOFOLLOW_LINKS)) {
      // Empty; fails where it no longer is.
      Files.delete(link);
    }

    Path next = link.resolveSibling(prefix + "link");
    Files.deleteIfExists(next);
    Files.createSymbolicLink(next, target.getFileName());
    Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
    return before;
  }

  private static void removeOld(Path parent, String prefix, List<Path> kept) throws IOException {
    List<Path> old;
    try (Stream<Path> entries = Files.list(parent)) {
      old =
          entries
              .filter(entry -> entry.getFileName().toString().startsWith(prefix))
              .filter(entry -> !kept.contains(entry))
              .toList();
    }

    for (Path entry : old) {
      Directories.delete(entry);
    }
  }

  private static Exported exported(Path link, List<ExportedFile> written) {
    return new Exported(
        written.stream()
            .map(file -> link.resolve(Objects.requireNonNull(Path.of(file.path()).getFileName())))
            .toList(),
        written.stream().mapToLong(ExportedFile::rows).sum(),
        written.stream().mapToLong(ExportedFile::bytes).sum());
  }
}
