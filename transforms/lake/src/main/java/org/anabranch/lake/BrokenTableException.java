package org.anabranch.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.anabranch.model.Internal;
import org.jspecify.annotations.Nullable;

/** A file that a table cannot be read without is empty, cut off or gone. */
@Internal
public final class BrokenTableException extends UncheckedIOException {

  private static final long serialVersionUID = 1;

  BrokenTableException(String table, String reason, @Nullable Throwable cause) {
    super(
        "table '%s' cannot be read: %s; other tables can".formatted(table, reason),
        cause instanceof IOException io ? io : new IOException(reason, cause));
  }
}
