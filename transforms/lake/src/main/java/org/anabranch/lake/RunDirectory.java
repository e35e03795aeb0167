package org.anabranch.lake;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.anabranch.lake.Storage.Entry;
import org.anabranch.lake.Storage.Hold;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.WriteReport;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/**
 * The directory {@code WAREHOUSE/.anabranch/runs/RUN} of a run. As long as the run lives, its
 * process holds the file {@code alive} in it, which it gives back when it ends, however it ends. So
 * others can tell the living from the dead. A directory without this file is of a run that has
 * ended.
 */
final class RunDirectory implements Closeable {

  private static final String RUNS = LakeConfig.STATE + "/runs";
  private static final String ALIVE = "alive";
  private static final String STARTING = ".starting-";

  /** Whoever commits the run, or removes it, holds this file. */
  private static final String COMMITTING = "committing";

  private static final int PAUSE_MILLIS = 20;

  /** A minute: commits that take longer go on without the owner. */
  private static final int MAX_LOOKS = 3_000;

  private final Storage lake;
  private final Storage files;
  private final @Nullable Hold alive;
  private @Nullable Hold committing;
  private final Durability durability;

  /** Names and times of the files that are on the disk for sure. */
  private final Map<String, Instant> forced = new HashMap<>();

  private RunDirectory(
      LakeConfig config, String location, @Nullable Hold alive, @Nullable Hold committing) {
    lake = config.storage();
    files = Storage.at(location);
    this.alive = alive;
    this.committing = committing;
    durability = config.durability();
  }

  /** Makes the directory of a new run. It appears under its name with the lock already taken. */
  static RunDirectory create(LakeConfig config, String run) throws IOException {
    Storage lake = config.storage();
    lake.makeDirectory(RUNS, config.durability());
    String location = location(lake, run);
    Hold alive = lake.makeHeld(name(run), ALIVE, RUNS + "/" + STARTING + run);
    return new RunDirectory(config, location, alive, null);
  }

  /**
   * Takes over the directory of a dead run; null where the run is alive or gone, or somebody is
   * just committing it.
   */
  static @Nullable RunDirectory takeOver(LakeConfig config, String run) throws IOException {
    Storage lake = config.storage();
    if (!lake.isDirectory(RUNS)) {
      return null;
    }

    String location = location(lake, run);
    Hold committing = null;
    Hold alive = lake.hold(name(run) + "/" + ALIVE);
    try {
      // Another may have taken the directory over before us, and removed it.
      boolean isDead = alive != null && isAlive(lake, name(run));
      committing = isDead ? lake.makeOrHold(name(run) + "/" + COMMITTING) : null;
      return committing == null ? null : new RunDirectory(config, location, alive, committing);
    } finally {
      if (committing == null && alive != null) {
        alive.close();
      }
    }
  }

  /**
   * Becomes the owner of a run that lost it, whose steps may go on: they commit it. Null where it
   * has another owner, or has ended.
   */
  static @Nullable RunDirectory adopt(LakeConfig config, String run) throws IOException {
    Storage lake = config.storage();
    if (!lake.isDirectory(RUNS)) {
      return null;
    }

    String location = location(lake, run);
    Hold alive = lake.hold(name(run) + "/" + ALIVE);
    // Another may have taken it over before us, and removed it.
    if (alive != null && !isAlive(lake, name(run))) {
      alive.close();
      return null;
    }

    return alive == null ? null : new RunDirectory(config, location, alive, null);
  }

  /**
   * Joins a run that another process has started, to commit it; waits until nobody else does. Null
   * where the run has ended. As long as the directory is not closed nobody takes the run over, not
   * even when the process that started it dies.
   */
  static @Nullable RunDirectory join(LakeConfig config, String run) throws IOException {
    Storage lake = config.storage();
    if (!lake.isDirectory(RUNS)) {
      return null;
    }

    String location = location(lake, run);
    while (isAlive(lake, name(run))) {
      Hold committing = lake.makeOrHold(name(run) + "/" + COMMITTING);
      if (committing == null) {
        pause(location);
      } else if (isAlive(lake, name(run))) {
        return new RunDirectory(config, location, null, committing);
      } else {
        committing.close();
      }
    }

    return null;
  }

  /**
   * Looks whether a run goes on.
   *
   * @param run its directory
   * @throws IllegalStateException where it has ended, so that nobody can commit it any more
   */
  static void requireAlive(Storage run) {
    if (!run.exists(ALIVE)) {
      throw new IllegalStateException(
          ("the run in %s has ended, so that it can no longer be committed: the program that built the pipeline"
                  + " must live until it is done, and a pipeline runs once; build and run it again")
              .formatted(run.location("")));
    }
  }

  private static void pause(String location) throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + location, e);
    }
  }

  private static String name(String run) {
    return RUNS + "/" + run;
  }

  /** Where the directory of a run is, by one name for all: what runs build on is told by it. */
  private static String location(Storage lake, String run) throws IOException {
    return lake.realLocation(RUNS) + "/" + run;
  }

  /** Directory of a run, whether or not it exists. */
  static Storage of(LakeConfig config, String run) {
    return Storage.at(config.storage().location(name(run)));
  }

  /** Runs that have not ended, oldest first. */
  static List<String> all(LakeConfig config) throws IOException {
    Storage lake = config.storage();
    return directories(lake, entry -> !isStarting(entry) && isAlive(lake, entry.name())).stream()
        .map(Entry::fileName)
        .sorted()
        .toList();
  }

  /** Names of directories of runs that died while they started. */
  static List<String> neverStarted(LakeConfig config) throws IOException {
    return names(directories(config.storage(), RunDirectory::isStarting));
  }

  /** Names of what is left of runs that died while they ended, or are just ending. */
  static List<String> ended(LakeConfig config) throws IOException {
    Storage lake = config.storage();
    return names(directories(lake, entry -> !isStarting(entry) && !isAlive(lake, entry.name())));
  }

  private static List<String> names(List<Entry> entries) {
    return entries.stream().map(Entry::name).toList();
  }

  private static List<Entry> directories(Storage lake, Predicate<Entry> which) throws IOException {
    return lake.list(RUNS).stream().filter(RunDirectory::isOurs).filter(which).toList();
  }

  /** Whether it has the name of a run and is a directory itself, no link to one. */
  private static boolean isOurs(Entry entry) {
    String name = entry.fileName();
    String run = name.startsWith(STARTING) ? name.substring(STARTING.length()) : name;
    return run.equals(RunId.in(run)) && entry.isDirectory();
  }

  private static boolean isStarting(Entry entry) {
    return entry.fileName().startsWith(STARTING);
  }

  /** Whether the run has not ended, be its process alive or dead. */
  private static boolean isAlive(Storage lake, String name) {
    return lake.exists(name + "/" + ALIVE);
  }

  /**
   * Copies the metadata of the version a run builds on: the table drops it after some more commits,
   * and workers read it as long as the run lasts.
   */
  TableBase preserve(FileIO io, TableBase base) throws IOException {
    String original = base.handle().metadataLocation();
    String copy = UUID.randomUUID() + "-" + References.name(original);
    try (InputStream in = io.newInputFile(original).newStream();
        OutputStream out = files.create(copy)) {
      in.transferTo(out);
    }

    return base.withMetadata(files.location(copy));
  }

  /** What a run builds on; null where it has just started, is gone, or does not tell. */
  static @Nullable RunBase base(LakeConfig config, String run) throws IOException {
    try {
      return RunBase.readIfThere(of(config, run));
    } catch (UncheckedIOException | IllegalArgumentException e) {
      return null;
    }
  }

  /** The files of the run, by their names in its directory. */
  Storage files() {
    return files;
  }

  String location() {
    return files.location("");
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
    for (Entry file : files.files("")) {
      String name = file.fileName();
      boolean isLock = name.equals(ALIVE) || name.equals(COMMITTING);
      if (!isLock && !file.modified().equals(forced.get(file.name()))) {
        files.force(file.name());
        forced.put(file.name(), file.modified());
      }
    }

    if (isNew) {
      lake.forceNames(RUNS);
    }
  }

  boolean hasReport() {
    return files.exists(WriteReport.FILE);
  }

  /** The report that the pipeline of the run has left. */
  RunReport report() throws IOException {
    try (InputStream file = files.open(WriteReport.FILE)) {
      return RunReport.read(file);
    }
  }

  /**
   * Has its owner be the only one who may commit the run from now on, or remove it; waits for a
   * step that just commits it.
   *
   * @return false where it takes too long, or somebody has removed the directory
   */
  boolean seize() throws IOException {
    for (int look = 0; committing == null && look < MAX_LOOKS; look++) {
      committing = files.makeOrHold(COMMITTING);
      if (committing == null && !files.exists(ALIVE)) {
        return false;
      }

      if (committing == null) {
        pause(location());
      }
    }

    return committing != null;
  }

  /** Removes the directory with all it holds: first the lock, with which the run has ended. */
  void delete() throws IOException {
    files.delete(ALIVE);
    files.deleteAll("");
  }

  /** Gives the lock back; the directory stays, unless it was deleted. */
  @Override
  public void close() throws IOException {
    try {
      if (committing != null) {
        committing.close();
      }
    } finally {
      if (alive != null) {
        alive.close();
      }
    }
  }
}
