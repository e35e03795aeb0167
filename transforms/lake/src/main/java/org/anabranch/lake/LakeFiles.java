package org.anabranch.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.anabranch.parquet.ParquetRows;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.hadoop.HadoopFileIO;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/**
 * Files by their locations: local ones through the JDK, which leaves no checksum files beside them,
 * all others through the Hadoop file system of their scheme.
 */
final class LakeFiles {

  private static final String LOCAL = "file:";

  private LakeFiles() {}

  /** File systems as Iceberg sees them, for its metadata. */
  static FileIO io(String location) {
    return localPath(location) == null ? Remote.IO : Local.IO;
  }

  private static final class Local {
    /** Without Hadoop's default resources: reading them takes longer than a small table. */
    static final FileIO IO = new HadoopFileIO(new Configuration(false));
  }

  private static final class Remote {
    static final FileIO IO = new HadoopFileIO(new Configuration());
  }

  private static @Nullable Path localPath(String location) {
    if (location.startsWith(LOCAL)) {
      String path = location.substring(LOCAL.length());
      return Path.of(path.startsWith("//") ? path.substring(2) : path);
    }

    return location.indexOf(':') > 0 && !location.startsWith("/") ? null : Path.of(location);
  }

  /**
   * Begins a file that does not exist, with the directories above it. Whoever has closed it calls
   * {@link #complete} before the file is made known.
   */
  static OutputStream create(String location, Durability durability) throws IOException {
    Path path = localPath(location);
    if (path == null) {
      return io(location).newOutputFile(location).create();
    }

    makeDirectory(location, durability);
    return Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** Makes the directory of a file, with those above it. */
  static void makeDirectory(String location, Durability durability) throws IOException {
    Path path = localPath(location);
    Path directory = path == null ? null : path.getParent();
    if (directory == null) {
      return;
    }

    if (durability == Durability.POWER_CUT) {
      Disk.createDirectories(directory);
    } else {
      Files.createDirectories(directory);
    }
  }

  /** Makes a file that was closed as durable as it has to be. */
  static void complete(String location, Durability durability) throws IOException {
    Path path = localPath(location);
    if (path != null && durability == Durability.POWER_CUT) {
      Disk.force(path);
    }
  }

  static InputStream open(String location) throws IOException {
    Path path = localPath(location);
    return path == null
        ? io(location).newInputFile(location).newStream()
        : Files.newInputStream(path);
  }

  static ParquetRows rows(String location, ParquetRows.Columns columns) throws IOException {
    Path path = localPath(location);
    try {
      return path == null
          ? ParquetRows.open(new RemoteInput(io(location).newInputFile(location)), columns)
          : ParquetRows.open(FileChannel.open(path), columns);
    } catch (RuntimeException broken) {
      IOException named = new IOException("the file " + location + " is broken, or cut off");
      named.addSuppressed(broken);
      throw named;
    }
  }

  static void delete(String location) throws IOException {
    Path path = localPath(location);
    if (path == null) {
      io(location).deleteFile(location);
      return;
    }

    Files.deleteIfExists(path);
  }
}
