package org.anabranch.lake;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a disk holds for sure of a directory: of a file the bytes it had when it was forced, of a
 * directory the names it had when it was. Everything else may be there after a power cut or not,
 * each by itself.
 *
 * <p>What was seen is held until the end, for the system gives the inode of what is gone to
 * something new, which would pass for it.
 */
final class ForgetfulDisk implements Closeable {

  /** A name in a directory: the file or directory it leads to, by its inode. */
  private record Entry(Object inode, boolean isDirectory) {}

  private final Path root;
  private final Map<Object, Map<String, Entry>> names = new HashMap<>();
  private final Map<Object, byte[]> bytes = new HashMap<>();

  /** Second names of files. */
  private final Path links;

  private final Map<Object, Closeable> held = new HashMap<>();

  /** All that is there now is on the disk. */
  ForgetfulDisk(Path root) throws IOException {
    this.root = root;
    links = Files.createTempDirectory(root.toAbsolutePath().getParent(), "held");
    try (Stream<Path> all = Files.walk(root)) {
      all.forEach(this::forced);
    }
  }

  /** A file or directory was forced. */
  synchronized void forced(Path path) {
    if (!path.startsWith(root)) {
      return;
    }

    try {
      Object inode = inode(path);
      if (Files.isDirectory(path)) {
        names.put(inode, listed(path));
      } else {
        bytes.put(inode, Files.readAllBytes(path));
      }
    } catch (NoSuchFileException gone) {
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Object inode(Path path) throws IOException {
    Object inode =
        Objects.requireNonNull(
            Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey());
    if (!held.containsKey(inode)) {
      held.put(inode, hold(path));
    }

    return inode;
  }

  /** A link, for whoever opens and closes a file gives up the locks that the process has on it. */
  @SuppressWarnings("StreamResourceLeak") // Closed at the end.
  private Closeable hold(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return Files.newDirectoryStream(path);
    }

    Path link = Files.createLink(links.resolve(String.valueOf(held.size())), path);
    return () -> Files.delete(link);
  }

  @Override
  public void close() throws IOException {
    for (Closeable each : held.values()) {
      each.close();
    }

    Files.delete(links);
  }

  private Map<String, Entry> listed(Path directory) throws IOException {
    Map<String, Entry> listed = new TreeMap<>();
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : entries.toList()) {
        if (Files.exists(entry)) {
          listed.put(
              entry.getFileName().toString(), new Entry(inode(entry), Files.isDirectory(entry)));
        }
      }
    }

    return listed;
  }

  /**
   * What is there after a power cut now.
   *
   * @param luck decides what else than was forced is there; null for nothing
   * @return bytes by path below the root; null for a directory
   */
  synchronized Map<String, byte @Nullable []> afterCut(@Nullable Random luck) throws IOException {
    Map<Object, Map<String, Entry>> namesNow = new HashMap<>();
    Map<Object, byte[]> bytesNow = new HashMap<>();
    if (luck != null) {
      lookAt(root, namesNow, bytesNow);
    }

    Map<String, byte @Nullable []> left = new TreeMap<>();
    add("", inode(root), luck, namesNow, bytesNow, left);
    return left;
  }

  private void lookAt(
      Path directory, Map<Object, Map<String, Entry>> namesNow, Map<Object, byte[]> bytesNow)
      throws IOException {
    Map<String, Entry> entries = listed(directory);
    namesNow.put(inode(directory), entries);
    for (Map.Entry<String, Entry> entry : entries.entrySet()) {
      Path path = directory.resolve(entry.getKey());
      if (entry.getValue().isDirectory()) {
        lookAt(path, namesNow, bytesNow);
      } else if (Files.exists(path)) {
        bytesNow.put(entry.getValue().inode(), Files.readAllBytes(path));
      }
    }
  }

  private void add(
      String path,
      Object inode,
      @Nullable Random luck,
      Map<Object, Map<String, Entry>> namesNow,
      Map<Object, byte[]> bytesNow,
      Map<String, byte @Nullable []> left) {
    Map<String, Entry> forced = names.getOrDefault(inode, Map.of());
    boolean isNow = luck != null && luck.nextBoolean();
    Map<String, Entry> entries = isNow ? namesNow.getOrDefault(inode, forced) : forced;
    for (Map.Entry<String, Entry> entry : entries.entrySet()) {
      String name = path.isEmpty() ? entry.getKey() : path + "/" + entry.getKey();
      Object child = entry.getValue().inode();
      if (entry.getValue().isDirectory()) {
        left.put(name, null);
        add(name, child, luck, namesNow, bytesNow, left);
      } else {
        left.put(name, content(child, luck, bytesNow));
      }
    }
  }

  private byte[] content(Object inode, @Nullable Random luck, Map<Object, byte[]> bytesNow) {
    byte[] forced = bytes.getOrDefault(inode, new byte[0]);
    byte[] now = bytesNow.getOrDefault(inode, forced);
    if (luck == null || Arrays.equals(forced, now)) {
      return forced;
    }

    return switch (luck.nextInt(4)) {
      case 0 -> forced;
      case 1 -> now;
      case 2 -> Arrays.copyOf(now, now.length / 2);
      default -> new byte[now.length];
    };
  }
}
