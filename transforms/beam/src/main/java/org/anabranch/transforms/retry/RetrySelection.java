package org.anabranch.transforms.retry;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.transforms.parse.DeadLetter;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are read again.
 *
 * @param reason code of their reason; empty for any
 * @param corrections what is read in place of their records, by {@link #place}; none: all dead
 *     letters are read as they are, else only these
 */
public record RetrySelection(String reason, Map<String, String> corrections)
    implements Serializable {

  public RetrySelection {
    corrections = Collections.unmodifiableMap(new TreeMap<>(corrections));
  }

  /** Names the place of a record. */
  public static String place(String log, long partition, long offset) {
    return log + "/" + partition + ":" + offset;
  }

  /** Whether a dead letter is open and chosen, and all of it is known. */
  public boolean contains(DeadLetter letter) {
    String corrected = corrected(letter);
    return letter.isOpen()
        && (reason.isEmpty() || reason.equals(letter.reason()))
        && (corrections.isEmpty() ? letter.isWhole() : corrected != null);
  }

  @Nullable String corrected(DeadLetter letter) {
    return corrections.get(place(letter.log(), letter.partition(), letter.offset()));
  }
}
