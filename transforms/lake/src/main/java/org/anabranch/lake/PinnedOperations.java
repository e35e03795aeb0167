package org.anabranch.lake;

import java.io.IOException;
import java.util.Objects;
import org.anabranch.lake.Storage.Lock;
import org.anabranch.lake.Storage.LockTimeoutException;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import org.jspecify.annotations.Nullable;

/**
 * Operations of a table that hold on to one version of it: a commit succeeds on top of exactly this
 * version or not at all. Iceberg's own operations would put the change on top of whatever they find
 * when they try again.
 *
 * <p>Whatever a catalog throws while it commits leaves open whether the commit is there; it comes
 * out as {@link CommitStateUnknownException}, upon which nothing is cleaned up, and the caller
 * looks. Metadata files get the name of the run in front, so that one can tell whose they are.
 */
final class PinnedOperations implements TableOperations {

  private final String table;
  private final TableOperations delegate;
  private final @Nullable TableMetadata pinned;
  private final String run;
  private final @Nullable String lockedLocation;

  /**
   * Pins a version.
   *
   * @param pinned the version; null for a table that does not exist
   * @param lockedLocation directory of the table where a commit needs a lock of ours
   */
  PinnedOperations(
      String table,
      TableOperations delegate,
      @Nullable TableMetadata pinned,
      String run,
      @Nullable String lockedLocation) {
    this.table = table;
    this.delegate = delegate;
    this.pinned = pinned;
    this.run = run;
    this.lockedLocation = lockedLocation;
  }

  @Override
  @SuppressWarnings("NullAway") // Iceberg says null for a table that does not exist.
  public TableMetadata current() {
    return pinned;
  }

  /**
   * Looks whether the table still is at the version.
   *
   * @throws ConflictException where it is not
   */
  @Override
  public TableMetadata refresh() {
    TableMetadata found;
    try {
      found = delegate.refresh();
    } catch (NoSuchTableException e) {
      // A REST catalog says so; the others give null.
      found = null;
    } catch (ValidationException e) {
      // The file of the pinned version is gone: there have been many commits.
      throw new ConflictException(table);
    }

    if (!Objects.equals(location(found), location(pinned))) {
      throw new ConflictException(table);
    }

    return current();
  }

  private static @Nullable String location(@Nullable TableMetadata metadata) {
    return metadata == null ? null : metadata.metadataFileLocation();
  }

  @Override
  public void commit(TableMetadata base, TableMetadata metadata) {
    String location = lockedLocation;
    if (location == null) {
      commitPinned(base, metadata);
      return;
    }

    try {
      Lock lock = DirectoryLocks.take(location);
      try {
        commitPinned(base, metadata);
        dropChecksum(location);
      } finally {
        lock.close();
      }
    } catch (LockTimeoutException e) {
      throw new CommitFailedException(e, "%s", String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new CommitStateUnknownException(e);
    }
  }

  private void commitPinned(TableMetadata base, TableMetadata metadata) {
    refresh();
    try {
      delegate.commit(base, metadata);
    } catch (RuntimeException e) {
      throw new CommitStateUnknownException(e);
    }
  }

  /** Another engine may have left a checksum, which would not fit the pointer as it is now. */
  private static void dropChecksum(String location) throws IOException {
    Storage.at(location).delete("metadata/.version-hint.text.crc");
  }

  @Override
  public FileIO io() {
    return delegate.io();
  }

  @Override
  public String metadataFileLocation(String fileName) {
    return delegate.metadataFileLocation(run + "-" + fileName);
  }

  @Override
  public LocationProvider locationProvider() {
    return delegate.locationProvider();
  }

  @Override
  public TableOperations temp(TableMetadata uncommitted) {
    return new PinnedOperations(table, delegate.temp(uncommitted), uncommitted, run, null);
  }

  @Override
  public long newSnapshotId() {
    return delegate.newSnapshotId();
  }
}
