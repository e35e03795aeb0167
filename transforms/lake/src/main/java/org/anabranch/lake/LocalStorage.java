package org.anabranch.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.anabranch.parquet.ParquetRows;
import org.jspecify.annotations.Nullable;

/**
 * A directory of a local or shared file system that keeps the rules of POSIX: renames are atomic,
 * and the operating system drops the locks of a process when it ends.
 */
final class LocalStorage implements Storage {

  private static final String SCHEME = "file:";

  /**
   * Files that this process holds. It must not open them: POSIX drops a process's lock on a file
   * when the process closes any descriptor of that file.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path root;

  private LocalStorage(Path root) {
    this.root = root;
  }

  static LocalStorage at(String location) {
    return new LocalStorage(asPath(location).toAbsolutePath());
  }

  private static Path asPath(String name) {
    return name.startsWith(SCHEME) ? Path.of(URI.create(name)) : Path.of(name);
  }

  private Path path(String name) {
    return root.resolve(asPath(name));
  }

  @Override
  public String location(String name) {
    return path(name).normalize().toString();
  }

  @Override
  public String realLocation(String name) throws IOException {
    return path(name).toRealPath().toString();
  }

  @Override
  public boolean isSame(String one, String other) throws IOException {
    Path path = path(one);
    Path otherPath = path(other);
    return Files.exists(path) && Files.exists(otherPath) && Files.isSameFile(path, otherPath);
  }

  @Override
  public boolean exists(String name) {
    return Files.exists(path(name));
  }

  @Override
  public boolean isDirectory(String name) {
    return Files.isDirectory(path(name));
  }

  @Override
  public @Nullable Entry find(String name) throws IOException {
    try {
      return entry(name, Files.readAttributes(path(name), BasicFileAttributes.class));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static Entry entry(String name, BasicFileAttributes attributes) {
    Kind kind =
        attributes.isRegularFile()
            ? Kind.FILE
            : attributes.isDirectory() ? Kind.DIRECTORY : Kind.OTHER;
    return new Entry(name, kind, attributes.size(), attributes.lastModifiedTime().toInstant());
  }

  @Override
  public List<Entry> list(String directory) throws IOException {
    Path path = path(directory);
    if (!Files.isDirectory(path)) {
      return List.of();
    }

    Path real = path.toRealPath();
    return Directories.list(
        real, 1, (file, attributes) -> entry(below(directory, real, file), attributes));
  }

  @Override
  public List<Entry> files(String directory) throws IOException {
    Path path = path(directory);
    if (!Files.isDirectory(path)) {
      return List.of();
    }

    return Directories.list(
        path,
        Integer.MAX_VALUE,
        (file, attributes) -> entry(below(directory, path, file), attributes));
  }

  private static String below(String directory, Path listed, Path file) {
    Path rest = listed.relativize(file);
    return directory.isEmpty() ? rest.toString() : directory + "/" + rest;
  }

  @Override
  public InputStream open(String name) throws IOException {
    return Files.newInputStream(path(name));
  }

  @Override
  public String read(String name) throws IOException {
    return Files.readString(path(name));
  }

  @Override
  public @Nullable String readIfThere(String name) throws IOException {
    try {
      return read(name);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  @Override
  public ParquetRows rows(String name, ParquetRows.Columns columns) throws IOException {
    return ParquetRows.open(FileChannel.open(path(name)), columns);
  }

  @Override
  public OutputStream create(String name) throws IOException {
    return Files.newOutputStream(
        path(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  @Override
  public void replace(String name, String text) throws IOException {
    Path partial = path(name + ".part");
    Files.writeString(partial, text);
    Files.move(partial, path(name), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void move(String from, String to) throws IOException {
    Files.move(path(from), path(to), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void makeDirectory(String name, Durability durability) throws IOException {
    if (durability == Durability.POWER_CUT) {
      Disk.createDirectories(path(name));
    } else {
      Files.createDirectories(path(name));
    }
  }

  @Override
  public boolean delete(String name) throws IOException {
    return Files.deleteIfExists(path(name));
  }

  @Override
  public boolean deleteFile(String name) throws IOException {
    Path path = path(name);
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) && Files.deleteIfExists(path);
  }

  @Override
  public void deleteAll(String name) throws IOException {
    Directories.delete(path(name));
  }

  @Override
  public void deleteEmpty(String directory) throws IOException {
    Directories.deleteEmpty(path(directory));
  }

  @Override
  public void force(String name) throws IOException {
    Disk.force(path(name));
  }

  @Override
  public void forceNames(String directory) throws IOException {
    Disk.forceDirectory(path(directory));
  }

  /** A file with the lock that this process has on it. */
  private record Held(Path file, FileChannel channel) implements Hold {

    @Override
    public void close() throws IOException {
      release(file, channel);
    }
  }

  private static void release(Path file, @Nullable FileChannel channel) throws IOException {
    try {
      if (channel != null) {
        channel.close();
      }
    } finally {
      HELD.remove(file);
    }
  }

  @Override
  public Hold makeHeld(String directory, String file, String partial) throws IOException {
    Path target = real(path(directory));
    Path made = Files.createDirectory(real(path(partial)));
    Path held = target.resolve(file);
    HELD.add(held);
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              made.resolve(file), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        throw new IOException("the file system gives no lock on " + made.resolve(file));
      }

      Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
      return new Held(held, channel);
    } catch (IOException | RuntimeException e) {
      release(held, channel);
      throw e;
    }
  }

  @Override
  public @Nullable Hold hold(String name) throws IOException {
    return hold(name, StandardOpenOption.WRITE);
  }

  @Override
  public @Nullable Hold makeOrHold(String name) throws IOException {
    return hold(name, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private @Nullable Hold hold(String name, OpenOption... how) throws IOException {
    Path file;
    try {
      file = real(path(name));
    } catch (NoSuchFileException e) {
      return null;
    }

    if (!HELD.add(file)) {
      return null;
    }

    FileChannel channel = null;
    boolean taken = false;
    try {
      channel = FileChannel.open(file, how);
      taken = channel.tryLock() != null;
      return taken ? new Held(file, channel) : null;
    } catch (NoSuchFileException | OverlappingFileLockException e) {
      return null;
    } finally {
      if (!taken) {
        release(file, channel);
      }
    }
  }

  /** The one path of a file that need not exist, in a directory that does. */
  private static Path real(Path file) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path parent = Objects.requireNonNull(absolute.getParent(), absolute.toString());
    return parent.toRealPath().resolve(absolute.getFileName());
  }

  @Override
  public Lock lock(String name, Duration maxWait) throws IOException {
    Path file = path(name).toAbsolutePath();
    Path parent = Objects.requireNonNull(file.getParent(), name);
    return FileLock.take(parent, file.getFileName().toString(), maxWait);
  }
}
