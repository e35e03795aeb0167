package org.anabranch.lake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A table does not lie where its metadata says: its warehouse was copied or moved. */
public final class DisplacedTableException extends IOException {

  private static final long serialVersionUID = 1;

  DisplacedTableException(Path warehouse, String table, Path recorded, String namespace) {
    super(
        "table '%s' was made in %s, which %s; if %s was copied or moved, make it whole with: anabranch move %s %s"
            .formatted(
                table,
                recorded,
                Files.isDirectory(recorded) ? "is another directory" : "is not there",
                warehouse,
                old(recorded, namespace),
                warehouse));
  }

  /** The warehouse a table was made in. */
  private static Path old(Path recorded, String namespace) {
    Path parent = recorded.getParent();
    if (parent == null || !parent.endsWith(namespace)) {
      return recorded;
    }

    Path old = parent.getParent();
    return old == null ? recorded : old;
  }
}
