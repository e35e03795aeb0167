package org.anabranch.lake;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.anabranch.parquet.ParquetRows;
import org.jspecify.annotations.Nullable;

/**
 * The place where files of a lake are: what the lake needs of it, and nothing of how it is done. A
 * name is relative to the root, with {@code /} between its parts; the root itself is the empty
 * name. A location, which is absolute, as metadata tell it, is a name too: a catalog may have put a
 * table elsewhere.
 *
 * <p>What a method says of an existing file or directory holds also where a link leads to it,
 * unless it says otherwise.
 */
interface Storage {

  /** The storage whose root is the directory at a location, whether or not it exists. */
  static Storage at(String location) {
    return LocalStorage.at(location);
  }

  /** The last part of a name. */
  static String fileName(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  /** The name without its last part; null where it has one part only. */
  static @Nullable String parent(String name) {
    int end = name.lastIndexOf('/');
    return end <= 0 ? null : name.substring(0, end);
  }

  /** What lies under a name. */
  enum Kind {
    FILE,
    DIRECTORY,
    /** A link, or what only some file systems have. */
    OTHER
  }

  /**
   * What was found.
   *
   * @param name by which it can be asked for
   * @param bytes size of a file
   * @param modified when it was written last
   */
  record Entry(String name, Kind kind, long bytes, Instant modified) {

    /** The last part of the name. */
    String fileName() {
      return Storage.fileName(name);
    }

    boolean isFile() {
      return kind == Kind.FILE;
    }

    boolean isDirectory() {
      return kind == Kind.DIRECTORY;
    }
  }

  /**
   * A file that this process has, and no other: others can tell by it that the process lives.
   * Closing gives it back, and so does the end of the process, however it ends.
   */
  interface Hold extends Closeable {}

  /** A lock that the thread has; closed by the thread that took it. */
  interface Lock extends Closeable {}

  /** Others held a lock for too long. */
  final class LockTimeoutException extends IOException {

    private static final long serialVersionUID = 1;

    LockTimeoutException(String location, Duration maxWait) {
      super("another process has held " + location + " for " + maxWait.toMillis() + " ms");
    }
  }

  /** The location of a name, as metadata and messages have it. */
  String location(String name);

  /**
   * The one location of what has several, for there are links.
   *
   * @throws IOException where nothing is there
   */
  String realLocation(String name) throws IOException;

  /** Whether two names are of the same file or directory, which exists. */
  boolean isSame(String one, String other) throws IOException;

  boolean exists(String name);

  boolean isDirectory(String name);

  /** What lies under a name now; null where nothing does. */
  @Nullable Entry find(String name) throws IOException;

  /**
   * What lies in a directory, links as such; nothing where there is no directory. No link is
   * followed but the directory itself.
   */
  List<Entry> list(String directory) throws IOException;

  /**
   * All that lies below a directory and is none, links as such; nothing where there is no
   * directory. What others delete in the meantime may be missing.
   */
  List<Entry> files(String directory) throws IOException;

  InputStream open(String name) throws IOException;

  /**
   * The text of a file in UTF-8.
   *
   * @throws java.nio.charset.CharacterCodingException where it is none
   */
  String read(String name) throws IOException;

  /** The same; null where there is no file. */
  @Nullable String readIfThere(String name) throws IOException;

  /** Columns of the rows of a Parquet file. */
  ParquetRows rows(String name, ParquetRows.Columns columns) throws IOException;

  /** Begins a file that does not exist, in a directory that does. */
  OutputStream create(String name) throws IOException;

  /** Writes a file in place of one that may be there: readers find the old text or the new one. */
  void replace(String name, String text) throws IOException;

  /**
   * Gives a file or a directory another name in one step. A file may take the place of another one.
   */
  void move(String from, String to) throws IOException;

  /** Makes a directory and those above it, where they are missing. */
  void makeDirectory(String name, Durability durability) throws IOException;

  /** Deletes a file, a link or an empty directory; false where nothing was there. */
  boolean delete(String name) throws IOException;

  /** Deletes a file itself; false where it is gone, or became a link or a directory. */
  boolean deleteFile(String name) throws IOException;

  /**
   * Deletes a file, a link (not what it leads to) or a directory with all it holds. Others may do
   * the same at the same time.
   */
  void deleteAll(String name) throws IOException;

  /** Deletes a directory and those below it, each unless something else lies in it. */
  void deleteEmpty(String directory) throws IOException;

  /** Waits until the bytes and the name of a file that is complete survive a power cut. */
  void force(String name) throws IOException;

  /** Waits until the names in a directory survive a power cut. */
  void forceNames(String directory) throws IOException;

  /**
   * Makes a directory that appears with a file in it that this process holds.
   *
   * @param directory beside which the partial one is; what is above them exists
   * @param file name of the file in the directory
   * @param partial name under which a directory is left by who dies before it appears
   */
  Hold makeHeld(String directory, String file, String partial) throws IOException;

  /** Holds a file that exists, without waiting; null where another has it, or it is gone. */
  @Nullable Hold hold(String name) throws IOException;

  /** The same, also of a file that does not exist; null also where its directory is gone. */
  @Nullable Hold makeOrHold(String name) throws IOException;

  /**
   * Takes a lock against other threads and other processes; its file and the directories above are
   * made where they are missing. The thread that has the lock may take it again.
   *
   * @throws LockTimeoutException where others had it for all this time
   */
  Lock lock(String name, Duration maxWait) throws IOException;
}
