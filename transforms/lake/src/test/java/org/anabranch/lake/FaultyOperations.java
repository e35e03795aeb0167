package org.anabranch.lake;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;

/** A catalog that fails: before it has committed, or afterwards. */
record FaultyOperations(
    TableOperations delegate, AtomicInteger failuresBefore, AtomicInteger failuresAfter)
    implements TableOperations {

  @Override
  public TableMetadata current() {
    return delegate.current();
  }

  @Override
  public TableMetadata refresh() {
    return delegate.refresh();
  }

  @Override
  public void commit(TableMetadata base, TableMetadata metadata) {
    if (failuresBefore.getAndDecrement() > 0) {
      throw new CommitFailedException("the connection was lost");
    }

    delegate.commit(base, metadata);
    if (failuresAfter.getAndDecrement() > 0) {
      // Says that nothing was committed, which is wrong.
      throw new CommitFailedException("the connection was lost");
    }
  }

  @Override
  public FileIO io() {
    return delegate.io();
  }

  @Override
  public String metadataFileLocation(String fileName) {
    return delegate.metadataFileLocation(fileName);
  }

  @Override
  public LocationProvider locationProvider() {
    return delegate.locationProvider();
  }

  @Override
  public TableOperations temp(TableMetadata uncommitted) {
    return delegate.temp(uncommitted);
  }
}
