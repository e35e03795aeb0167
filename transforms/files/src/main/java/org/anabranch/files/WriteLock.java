package org.anabranch.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The right to write a warehouse: a lock of the operating system, which ends with the process that
 * holds it, however it ends.
 */
final class WriteLock implements Closeable {

  /**
   * Locks of this process. POSIX drops a process's lock on a file when the process closes any
   * descriptor of that file, so a second attempt must not even open it.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private WriteLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @throws IllegalStateException naming the process that holds it
   */
  static WriteLock take(WarehouseLayout layout, Clock clock) throws IOException {
    Files.createDirectories(layout.state());
    Path file = layout.state().toRealPath().resolve(WarehouseLayout.LOCK);
    if (!HELD.add(file)) {
      throw taken(layout);
    }

    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(channel) == null) {
        throw taken(layout);
      }

      String since = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
      Files.writeString(
          layout.owner(), "process " + ProcessHandle.current().pid() + " since " + since);
      return new WriteLock(file, channel);
    } catch (IOException | RuntimeException e) {
      if (channel != null) {
        channel.close();
      }

      HELD.remove(file);
      throw e;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Another class loader of this process has its own copy of this class.
      return null;
    }
  }

  private static IllegalStateException taken(WarehouseLayout layout) throws IOException {
    return new IllegalStateException(
        "another run is writing this warehouse: "
            + owner(layout)
            + " ("
            + layout.directory()
            + ")");
  }

  private static String owner(WarehouseLayout layout) throws IOException {
    try {
      return Files.readString(layout.owner());
    } catch (NoSuchFileException e) {
      return "a process that has just started";
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      HELD.remove(file);
    }
  }
}
