package org.anabranch.parquet;

import org.anabranch.model.ByteWriter;

/** The place the next value of a column is encoded into. */
interface Slot {

  /** The buffer to append one encoded value to. */
  ByteWriter open();

  /** Called when the value is written. */
  void close();
}
