package org.anabranch.lake;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.anabranch.transforms.report.WriteReport;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/**
 * The directory {@code WAREHOUSE/.anabranch/runs/RUN} of a run. As long as the run lives, its
 * process holds a lock on the file {@code alive} in it; the operating system drops the lock when
 * the process ends, however it ends. So others can tell the living from the dead. A directory
 * without this file is of a run that has ended.
 */
final class RunDirectory implements Closeable {

  private static final String ALIVE = "alive";
  private static final String STARTING = ".starting-";

  /** Whoever commits the run, or removes it, holds a lock on this file. */
  private static final String COMMITTING = "committing";

  private static final int PAUSE_MILLIS = 20;

  /** Live runs of this process: it must not open their files, see {@link FileLock}. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final @Nullable FileChannel channel;
  private final @Nullable FileChannel committing;
  private final Durability durability;

  /** Names and times of the files that are on the disk for sure. */
  private final Map<Path, FileTime> forced = new HashMap<>();

  private RunDirectory(
      Path path,
      @Nullable FileChannel channel,
      @Nullable FileChannel committing,
      Durability durability) {
    this.path = path;
    this.channel = channel;
    this.committing = committing;
    this.durability = durability;
  }

  /** Makes the directory of a new run. It appears under its name with the lock already taken. */
  static RunDirectory create(LakeConfig config, String run) throws IOException {
    LakeFiles.makeDirectory(runs(config) + "/" + run, config.durability());
    Path runs = runs(config).toRealPath();
    Path starting = Files.createDirectory(runs.resolve(STARTING + run));
    Path path = runs.resolve(run);
    HELD.add(path);
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              starting.resolve(ALIVE), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        throw new IOException("the file system gives no lock on " + starting.resolve(ALIVE));
      }

      Files.move(starting, path, StandardCopyOption.ATOMIC_MOVE);
      return new RunDirectory(path, channel, null, config.durability());
    } catch (IOException | RuntimeException e) {
      release(path, channel);
      throw e;
    }
  }

  /**
   * Takes over the directory of a dead run; null where the run is alive or gone, or somebody is
   * just committing it.
   */
  static @Nullable RunDirectory takeOver(LakeConfig config, String run) throws IOException {
    if (!Files.isDirectory(runs(config))) {
      return null;
    }

    Path path = runs(config).toRealPath().resolve(run);
    if (!HELD.add(path)) {
      return null;
    }

    FileChannel channel = null;
    boolean taken = false;
    try {
      channel = FileChannel.open(path.resolve(ALIVE), StandardOpenOption.WRITE);
      // Another may have taken the directory over before us, and removed it.
      boolean isDead = channel.tryLock() != null && Files.exists(path.resolve(ALIVE));
      FileChannel committing = isDead ? lockCommitting(path) : null;
      taken = committing != null;
      return taken ? new RunDirectory(path, channel, committing, config.durability()) : null;
    } catch (NoSuchFileException | OverlappingFileLockException e) {
      return null;
    } finally {
      if (!taken) {
        release(path, channel);
      }
    }
  }

  /**
   * Joins a run that another process has started, to commit it; waits until nobody else does. Null
   * where the run has ended. As long as the directory is not closed nobody takes the run over, not
   * even when the process that started it dies.
   */
  static @Nullable RunDirectory join(LakeConfig config, String run) throws IOException {
    if (!Files.isDirectory(runs(config))) {
      return null;
    }

    Path path = runs(config).toRealPath().resolve(run);
    while (Files.exists(path.resolve(ALIVE))) {
      FileChannel committing = lockCommitting(path);
      if (committing == null) {
        pause(path);
      } else if (Files.exists(path.resolve(ALIVE))) {
        return new RunDirectory(path, null, committing, config.durability());
      } else {
        release(path.resolve(COMMITTING), committing);
      }
    }

    return null;
  }

  private static void pause(Path path) throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + path, e);
    }
  }

  /** Takes the lock of who commits a run; null where another has it, or the run is gone. */
  private static @Nullable FileChannel lockCommitting(Path path) throws IOException {
    Path file = path.resolve(COMMITTING);
    if (!HELD.add(file)) {
      return null;
    }

    FileChannel channel = null;
    boolean taken = false;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      taken = channel.tryLock() != null;
      return taken ? channel : null;
    } catch (NoSuchFileException | OverlappingFileLockException e) {
      return null;
    } finally {
      if (!taken) {
        release(file, channel);
      }
    }
  }

  private static void release(Path path, @Nullable FileChannel channel) throws IOException {
    try {
      if (channel != null) {
        channel.close();
      }
    } finally {
      HELD.remove(path);
    }
  }

  private static Path runs(LakeConfig config) {
    return config.state().resolve("runs");
  }

  /** Directory of a run, whether or not it exists. */
  static Path of(LakeConfig config, String run) {
    return runs(config).resolve(run);
  }

  /** Runs that have not ended, oldest first. */
  static List<String> all(LakeConfig config) throws IOException {
    return directories(config, path -> !isStarting(path) && !isEnded(path)).stream()
        .map(RunDirectory::name)
        .sorted()
        .toList();
  }

  /** Directories of runs that died while they started. */
  static List<Path> neverStarted(LakeConfig config) throws IOException {
    return directories(config, RunDirectory::isStarting);
  }

  /** What is left of runs that died while they ended, or are just ending. */
  static List<Path> ended(LakeConfig config) throws IOException {
    return directories(config, path -> !isStarting(path) && isEnded(path));
  }

  private static List<Path> directories(LakeConfig config, Predicate<Path> which)
      throws IOException {
    Path runs = runs(config);
    if (!Files.isDirectory(runs)) {
      return List.of();
    }

    try (Stream<Path> entries = Files.list(runs)) {
      return entries.filter(RunDirectory::isOurs).filter(which).toList();
    }
  }

  /** Whether it has the name of a run and is a directory itself, no link to one. */
  private static boolean isOurs(Path path) {
    String name = name(path);
    String run = name.startsWith(STARTING) ? name.substring(STARTING.length()) : name;
    return run.equals(RunId.in(run)) && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isStarting(Path path) {
    return name(path).startsWith(STARTING);
  }

  private static boolean isEnded(Path path) {
    return !Files.exists(path.resolve(ALIVE));
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }

  /**
   * Copies the metadata of the version a run builds on: the table drops it after some more commits,
   * and workers read it as long as the run lasts.
   */
  TableBase preserve(FileIO io, TableBase base) throws IOException {
    String original = base.handle().metadataLocation();
    Path copy = path.resolve(UUID.randomUUID() + "-" + References.path(original).getFileName());
    try (InputStream in = io.newInputFile(original).newStream()) {
      Files.copy(in, copy);
    }

    return base.withMetadata(copy.toString());
  }

  /** What a run builds on; null where it has just started, is gone, or does not tell. */
  static @Nullable RunBase base(LakeConfig config, String run) throws IOException {
    try {
      return RunBase.read(runs(config).resolve(run));
    } catch (NoSuchFileException | UncheckedIOException | IllegalArgumentException e) {
      return null;
    }
  }

  Path path() {
    return path;
  }

  /**
   * Forces all that is in the directory, and its own name. Called before a commit: who finds the
   * directory after a power cut can finish the run, or knows that it has committed nothing.
   */
  void force() throws IOException {
    if (durability != Durability.POWER_CUT) {
      return;
    }

    boolean isNew = forced.isEmpty();
    for (Path file : Directories.files(path)) {
      FileTime time = Files.getLastModifiedTime(file);
      String name = name(file);
      boolean isLock = name.equals(ALIVE) || name.equals(COMMITTING);
      if (!isLock && !time.equals(forced.get(file))) {
        Disk.force(file);
        forced.put(file, time);
      }
    }

    Path runs = path.getParent();
    if (isNew && runs != null) {
      Disk.forceDirectory(runs);
    }
  }

  boolean hasReport() {
    return Files.exists(path.resolve(WriteReport.FILE));
  }

  /** Removes the directory with all it holds: first the lock, with which the run has ended. */
  void delete() throws IOException {
    Files.deleteIfExists(path.resolve(ALIVE));
    Directories.delete(path);
  }

  /** Gives the lock back; the directory stays, unless it was deleted. */
  @Override
  public void close() throws IOException {
    try {
      if (committing != null) {
        release(path.resolve(COMMITTING), committing);
      }
    } finally {
      if (channel != null) {
        release(path, channel);
      }
    }
  }
}
