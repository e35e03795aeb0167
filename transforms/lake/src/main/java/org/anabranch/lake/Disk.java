package org.anabranch.lake;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Forces files and directories to the disk. A file is there after a power cut if its bytes were
 * forced, and then its name, which is the directory's; a rename is if the directory was forced
 * after it.
 */
final class Disk {

  /** Hears of what was forced; for tests. */
  interface Watcher {
    void forced(Path path);
  }

  private static volatile Watcher watcher = path -> {};

  private Disk() {}

  static void watch(Watcher next) {
    watcher = next;
  }

  /** Forces the bytes of a file that is complete, and its name. */
  static void force(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }

    watcher.forced(file);
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null) {
      forceDirectory(directory);
    }
  }

  /** Forces the names in a directory. */
  static void forceDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }

    watcher.forced(directory);
  }

  /** Makes a directory and those above it, and forces the names of all that were missing. */
  static void createDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }

    Path parent = directory.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IOException("there is no directory " + directory);
    }

    createDirectories(parent);
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }

    forceDirectory(parent);
  }
}
