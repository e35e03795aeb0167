package org.anabranch.files;

import java.io.IOException;

/** Failures of reading that name the file, whatever the library below says. */
final class Unreadable {

  private Unreadable() {}

  /** The failure as one that names the file; the original one is kept as suppressed. */
  static IOException file(String path, Exception failure) {
    String reason = failure.getMessage();
    String kind = failure.getClass().getSimpleName();
    IOException named =
        new IOException("cannot read '" + path + "': " + (reason == null ? kind : reason));
    named.addSuppressed(failure);
    return named;
  }
}
