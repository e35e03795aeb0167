package org.anabranch.lake;

import org.apache.iceberg.exceptions.CleanableFailure;

/** Somebody else has changed the table since it was looked at; nothing was committed. */
final class ConflictException extends RuntimeException implements CleanableFailure {

  private static final long serialVersionUID = 1;

  ConflictException(String table) {
    super("table '" + table + "' has changed since it was looked at");
  }
}
