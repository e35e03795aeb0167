package org.anabranch.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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

  private static final String SCHEME = "file:";

  /** Local files by their whole paths. */
  private static final Storage LOCAL = Storage.at("");

  private LakeFiles() {}

  /** File systems as Iceberg sees them, for its metadata. */
  static FileIO io(String location) {
    return localName(location) == null ? Remote.IO : Local.IO;
  }

  private static final class Local {
    /** Without Hadoop's default resources: reading them takes longer than a small table. */
    static final FileIO IO = new HadoopFileIO(new Configuration(false));
  }

  private static final class Remote {
    static final FileIO IO = new HadoopFileIO(new Configuration());
  }

  /** The name of a local file; null where it is none. */
  private static @Nullable String localName(String location) {
    if (location.startsWith(SCHEME)) {
      String path = location.substring(SCHEME.length());
      return path.startsWith("//") ? path.substring(2) : path;
    }

    return location.indexOf(':') > 0 && !location.startsWith("/") ? null : location;
  }

  /**
   * Begins a file that does not exist, with the directories above it. Whoever has closed it calls
   * {@link #complete} before the file is made known.
   */
  static OutputStream create(String location, Durability durability) throws IOException {
    String name = localName(location);
    if (name == null) {
      return io(location).newOutputFile(location).create();
    }

    makeDirectory(location, durability);
    return LOCAL.create(name);
  }

  /** Makes the directory of a file, with those above it. */
  static void makeDirectory(String location, Durability durability) throws IOException {
    String name = localName(location);
    String directory = name == null ? null : Storage.parent(name);
    if (directory == null) {
      return;
    }

    LOCAL.makeDirectory(directory, durability);
  }

  /** Makes a file that was closed as durable as it has to be. */
  static void complete(String location, Durability durability) throws IOException {
    String name = localName(location);
    if (name != null && durability == Durability.POWER_CUT) {
      LOCAL.force(name);
    }
  }

  static InputStream open(String location) throws IOException {
    String name = localName(location);
    return name == null ? io(location).newInputFile(location).newStream() : LOCAL.open(name);
  }

  static ParquetRows rows(String location, ParquetRows.Columns columns) throws IOException {
    String name = localName(location);
    try {
      return name == null
          ? ParquetRows.open(new RemoteInput(io(location).newInputFile(location)), columns)
          : LOCAL.rows(name, columns);
    } catch (RuntimeException broken) {
      IOException named = new IOException("the file " + location + " is broken, or cut off");
      named.addSuppressed(broken);
      throw named;
    }
  }

  static void delete(String location) throws IOException {
    String name = localName(location);
    if (name == null) {
      io(location).deleteFile(location);
      return;
    }

    LOCAL.delete(name);
  }
}
