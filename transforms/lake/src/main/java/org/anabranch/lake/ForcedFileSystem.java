package org.anabranch.lake;

import java.io.File;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.anabranch.model.Internal;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.jspecify.annotations.Nullable;

/**
 * The local file system as Iceberg uses it for metadata, whose files are on the disk once they are
 * closed, and whose renames once they have returned. So whatever a version of a table names is
 * there before the version is.
 */
@Internal
public class ForcedFileSystem extends LocalFileSystem {

  @Override
  protected OutputStream createOutputStreamWithMode(
      Path file, boolean append, FsPermission permission) throws IOException {
    return new Forced(
        super.createOutputStreamWithMode(file, append, permission), pathToFile(file).toPath());
  }

  @Override
  protected boolean mkOneDirWithMode(Path path, File directory, @Nullable FsPermission permission)
      throws IOException {
    boolean isMade = super.mkOneDirWithMode(path, directory, permission);
    java.nio.file.Path parent = directory.toPath().toAbsolutePath().getParent();
    if (isMade && parent != null) {
      Disk.forceDirectory(parent);
    }

    return isMade;
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    boolean isDone = super.rename(from, to);
    java.nio.file.Path parent = pathToFile(to).toPath().toAbsolutePath().getParent();
    if (isDone && parent != null) {
      Disk.forceDirectory(parent);
    }

    return isDone;
  }

  private static final class Forced extends FilterOutputStream {

    private final java.nio.file.Path file;
    private boolean isClosed;

    Forced(OutputStream target, java.nio.file.Path file) {
      super(target);
      this.file = file;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      if (isClosed) {
        return;
      }

      isClosed = true;
      super.close();
      Disk.force(file);
    }
  }
}
