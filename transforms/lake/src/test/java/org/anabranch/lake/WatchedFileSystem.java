package org.anabranch.lake;

import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * The local file system, which tells of the moments before and after each change that is made to
 * it: a file is created (empty, so far), renamed or deleted. Whoever is told may keep the change,
 * and all that follow, from being made: by {@link Killed}.
 */
public final class WatchedFileSystem extends ForcedFileSystem {

  private static final AtomicInteger MOMENTS = new AtomicInteger();
  private static volatile IntConsumer watcher = moment -> {};

  /** Settings of a catalog whose files are watched. */
  static Map<String, String> in(Map<String, String> catalog) {
    Map<String, String> settings = new HashMap<>(catalog);
    settings.put("hadoop.fs.file.impl", WatchedFileSystem.class.getName());
    return settings;
  }

  /** Has a watcher told of all moments, by their number from 1, until the next one takes over. */
  static void watch(IntConsumer next) {
    MOMENTS.set(0);
    watcher = next;
  }

  static int moments() {
    return MOMENTS.get();
  }

  private static void moment() {
    watcher.accept(MOMENTS.incrementAndGet());
  }

  @Override
  protected OutputStream createOutputStreamWithMode(
      Path file, boolean append, FsPermission permission) throws IOException {
    moment();
    OutputStream created = super.createOutputStreamWithMode(file, append, permission);
    try {
      moment();
    } catch (Killed e) {
      created.close();
      throw e;
    }

    return created;
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    moment();
    boolean isDone = super.rename(from, to);
    moment();
    return isDone;
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    moment();
    boolean isDone = super.delete(path, recursive);
    moment();
    return isDone;
  }

  /** The process is dead: no code that handles exceptions goes on. */
  static final class Killed extends Error {

    private static final long serialVersionUID = 1;

    Killed(int moment) {
      super("killed at moment " + moment);
    }
  }
}
