package org.anabranch.lake;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.util.ThreadPools;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the manifests of a commit in the thread that commits. Iceberg looks every ten
 * milliseconds whether its pool is done, several times in each commit: with few manifests that is
 * longer than the work.
 */
final class CallerThread extends AbstractExecutorService {

  private static final int FEW_MANIFESTS = 16;
  private static final ExecutorService HERE = new CallerThread();

  private CallerThread() {}

  /**
   * Has a commit be made in this thread where the version it builds on has few manifests.
   *
   * @param now the table that the commit changes; null where it is new
   */
  static <T extends SnapshotUpdate<T>> T ifFew(T update, FileIO io, @Nullable TableMetadata now) {
    Snapshot current = now == null ? null : now.currentSnapshot();
    return update.scanManifestsWith(ifFew(io, current));
  }

  /** The same for what reads all manifests. */
  static ExecutorService ifFew(FileIO io, @Nullable Snapshot snapshot) {
    boolean areFew = snapshot == null || snapshot.allManifests(io).size() <= FEW_MANIFESTS;
    return areFew ? HERE : ThreadPools.getWorkerPool();
  }

  @Override
  public void execute(Runnable task) {
    task.run();
  }

  @Override
  public void shutdown() {
    throw new UnsupportedOperationException("the thread of the caller goes on");
  }

  @Override
  public List<Runnable> shutdownNow() {
    throw new UnsupportedOperationException("the thread of the caller goes on");
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return false;
  }
}
