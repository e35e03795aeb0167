package org.anabranch.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.anabranch.lake.Storage.Lock;
import org.anabranch.lake.Storage.LockTimeoutException;
import org.apache.iceberg.LockManager;

/**
 * Makes commits of a catalog that is a directory exclusive. There a commit renames a new metadata
 * file to {@code vN.metadata.json}, and on a local file system a rename replaces what is there: two
 * processes that commit at once would both succeed, and one of the commits would be lost. With the
 * lock held, one of them finds the version taken.
 *
 * <p>A version is also taken where a later one exists: of a writer that slept, the version it means
 * to write may have come and gone.
 */
final class DirectoryLocks implements LockManager {

  static final Duration MAX_WAIT = Duration.ofSeconds(60);

  private static final Pattern VERSION = Pattern.compile("v(\\d+)(\\..*)?\\.metadata\\.json.*");

  private final Map<String, Lock> held = new ConcurrentHashMap<>();

  /** Called by the catalog. */
  DirectoryLocks() {}

  /** The lock of a table. */
  static Lock take(String table) throws IOException {
    return Storage.at(table).lock("_ab/lock", MAX_WAIT);
  }

  @Override
  public boolean acquire(String metadataFile, String owner) {
    String metadata = Objects.requireNonNull(Storage.parent(metadataFile), metadataFile);
    String table = Objects.requireNonNull(Storage.parent(metadata), metadataFile);
    try {
      Lock lock = take(table);
      held.put(owner, lock);
      return newest(table) < version(Storage.fileName(metadataFile));
    } catch (LockTimeoutException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The newest version of a table; 0 where there is none. */
  static long newest(String table) throws IOException {
    return Storage.at(table).list("metadata").stream()
        .mapToLong(file -> version(file.fileName()))
        .max()
        .orElse(0);
  }

  /** The version that a file is by its name; 0 for any other file. */
  static long version(String fileName) {
    Matcher matcher = VERSION.matcher(fileName);
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
  }

  @Override
  public boolean release(String metadataFile, String owner) {
    Lock lock = held.remove(owner);
    if (lock == null) {
      return true;
    }

    try {
      lock.close();
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void initialize(Map<String, String> properties) {}

  @Override
  public void close() {}
}
