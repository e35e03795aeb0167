package org.anabranch.lake;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Lists and deletes what lies in directories. */
final class Directories {

  private Directories() {}

  /**
   * Deletes a file, a link (not what it points to) or a directory with all it holds. Others may do
   * the same at the same time.
   */
  static void delete(Path root) throws IOException {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }

    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            return orGone(failure);
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }

            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Deletes a directory and those below it, each unless something else lies in it. */
  static void deleteEmpty(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
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

  /** All files below a directory; none where it does not exist. */
  static List<Path> files(Path root) throws IOException {
    return Files.isDirectory(root)
        ? list(root, Integer.MAX_VALUE, (file, attributes) -> file)
        : List.of();
  }

  /** All files of a directory down to a depth, at which directories are files too. */
  static <T> List<T> list(Path root, int depth, BiFunction<Path, BasicFileAttributes, T> as)
      throws IOException {
    List<T> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        Set.of(),
        depth,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            files.add(as.apply(file, attributes));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            return orGone(failure);
          }
        });
    return files;
  }

  /** A file may have been deleted by another since its directory was listed. */
  static FileVisitResult orGone(IOException failure) throws IOException {
    if (failure instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }

    throw failure;
  }
}
