package org.anabranch.lake;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.anabranch.lake.Storage.LockTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A lock on a file, against other threads and other processes; it ends with the process that holds
 * it, however that ends. The thread that holds it may take it again. Waiting is bounded.
 */
final class FileLock implements Storage.Lock {

  private static final int MAX_PAUSE_MILLIS = 20;

  /**
   * Locks of this process. POSIX drops a process's lock on a file when the process closes any
   * descriptor of that file, so a second attempt must not even open it.
   */
  private static final Map<Path, FileLock> LOCKS = new ConcurrentHashMap<>();

  private final Path file;
  private final ReentrantLock mutex = new ReentrantLock();
  private @Nullable FileChannel channel;

  private FileLock(Path file) {
    this.file = file;
  }

  /**
   * Takes the lock that is a file in a directory; both are created where they are missing.
   *
   * @throws LockTimeoutException where it was held by others for all this time
   */
  static FileLock take(Path directory, String name, Duration maxWait) throws IOException {
    Files.createDirectories(directory);
    FileLock lock = LOCKS.computeIfAbsent(directory.toRealPath().resolve(name), FileLock::new);
    lock.acquire(maxWait);
    return lock;
  }

  private void acquire(Duration maxWait) throws IOException {
    long deadline = System.nanoTime() + maxWait.toNanos();
    try {
      if (!mutex.tryLock(maxWait.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new LockTimeoutException(file.toString(), maxWait);
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }

    boolean taken = false;
    try {
      if (mutex.getHoldCount() == 1) {
        channel = lockedChannel(maxWait, deadline);
      }

      taken = true;
    } finally {
      if (!taken) {
        mutex.unlock();
      }
    }
  }

  private FileChannel lockedChannel(Duration maxWait, long deadline) throws IOException {
    FileChannel opened =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean taken = false;
    try {
      while (!tryLock(opened)) {
        if (System.nanoTime() > deadline) {
          throw new LockTimeoutException(file.toString(), maxWait);
        }

        TimeUnit.MILLISECONDS.sleep(1 + ThreadLocalRandom.current().nextInt(MAX_PAUSE_MILLIS));
      }

      taken = true;
      return opened;
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      if (!taken) {
        opened.close();
      }
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // Another class loader of this process has its own copy of this class.
      return false;
    }
  }

  private IOException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new IOException("interrupted while waiting for " + file, cause);
  }

  /** Gives back what was taken last. Called by the thread that took it. */
  @Override
  public void close() throws IOException {
    FileChannel locked = channel;
    try {
      if (mutex.getHoldCount() == 1 && locked != null) {
        channel = null;
        locked.close();
      }
    } finally {
      mutex.unlock();
    }
  }
}
