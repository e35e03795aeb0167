package org.anabranch.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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

  private final Map<String, FileLock> held = new ConcurrentHashMap<>();

  /** Called by the catalog. */
  DirectoryLocks() {}

  /** The lock of a table. */
  static FileLock take(Path table) throws IOException {
    return FileLock.take(table.resolve("_ab"), "lock", MAX_WAIT);
  }

  @Override
  public boolean acquire(String metadataFile, String owner) {
    Path file = path(metadataFile);
    Path metadata = Objects.requireNonNull(file.getParent(), metadataFile);
    Path table = Objects.requireNonNull(metadata.getParent(), metadataFile);
    try {
      FileLock lock = take(table);
      held.put(owner, lock);
      return newest(metadata) < version(file);
    } catch (LockTimeoutException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static long newest(Path metadata) throws IOException {
    try (Stream<Path> files = Files.list(metadata)) {
      return files.mapToLong(DirectoryLocks::version).max().orElse(0);
    }
  }

  static long version(Path file) {
    Matcher matcher = VERSION.matcher(file.getFileName().toString());
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
  }

  static Path path(String location) {
    return location.startsWith("file:") ? Path.of(URI.create(location)) : Path.of(location);
  }

  @Override
  public boolean release(String metadataFile, String owner) {
    FileLock lock = held.remove(owner);
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
