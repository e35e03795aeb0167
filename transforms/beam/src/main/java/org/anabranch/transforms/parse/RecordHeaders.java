package org.anabranch.transforms.parse;

import org.anabranch.model.Internal;
import org.jspecify.annotations.Nullable;

/** Headers of a record in a log. */
@Internal
public interface RecordHeaders {

  /** No headers. */
  RecordHeaders NONE =
      new RecordHeaders() {
        @Override
        public boolean has(String name) {
          return false;
        }

        @Override
        public byte @Nullable [] last(String name) {
          return null;
        }
      };

  /** Whether there is a header of this name, with a value or without. */
  boolean has(String name);

  /** Value of the last header of this name; null where there is none. */
  byte @Nullable [] last(String name);
}
