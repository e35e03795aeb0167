package org.anabranch.lake;

import java.io.IOException;
import org.anabranch.model.Internal;

/** A table does not lie where its metadata says: its warehouse was copied or moved. */
@Internal
public final class DisplacedTableException extends IOException {

  private static final long serialVersionUID = 1;

  DisplacedTableException(LakeConfig config, String table, String recorded) {
    super(
        "table '%s' was made in %s, which %s; if %s was copied or moved, make it whole with: anabranch move %s %s"
            .formatted(
                table,
                recorded,
                config.storage().isDirectory(recorded) ? "is another directory" : "is not there",
                config.root(),
                old(recorded, config.namespace()),
                config.root()));
  }

  /** The warehouse a table was made in. */
  private static String old(String recorded, String namespace) {
    String parent = Storage.parent(recorded);
    if (parent == null || !Storage.fileName(parent).equals(namespace)) {
      return recorded;
    }

    String old = Storage.parent(parent);
    return old == null ? recorded : old;
  }
}
