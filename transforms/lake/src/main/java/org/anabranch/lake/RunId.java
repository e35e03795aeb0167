package org.anabranch.lake;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names a run, and with it every file it writes: {@code ab}, the time in milliseconds (9 digits to
 * base 36), 8 random digits. Sorts by time, holds no character that a file name or a pattern treats
 * specially, and is found inside longer names.
 */
final class RunId {

  private static final String AGAIN = "#";

  private static final int TIME_DIGITS = 9;
  private static final int RANDOM_DIGITS = 8;
  private static final long RANDOM_RANGE = 2_821_109_907_456L;
  private static final Pattern ID = Pattern.compile("(?<![a-z0-9])ab[0-9a-z]{17}(?![a-z0-9])");
  private static final SecureRandom RANDOM = new SecureRandom();

  private RunId() {}

  static String next() {
    return "ab"
        + digits(Instant.now().toEpochMilli(), TIME_DIGITS)
        + digits(Math.floorMod(RANDOM.nextLong(), RANDOM_RANGE), RANDOM_DIGITS);
  }

  private static String digits(long number, int width) {
    String text = Long.toString(number, Character.MAX_RADIX);
    return String.format(Locale.ROOT, "%" + width + "s", text).replace(' ', '0');
  }

  /** The run that a file name names; null where it names none. */
  static @Nullable String in(String fileName) {
    Matcher matcher = ID.matcher(fileName);
    return matcher.find() ? matcher.group() : null;
  }

  /** When the run began. */
  static Instant startedAt(String id) {
    return Instant.ofEpochMilli(Long.parseLong(id.substring(2, 2 + TIME_DIGITS), 36));
  }

  /** Token of a further commit of a run to a table it is in already. */
  static String tokenAgain(String run) {
    return run + AGAIN + UUID.randomUUID();
  }

  /** Whether a token stands for a commit of a run. */
  static boolean isToken(String run, String token) {
    return token.equals(run) || token.startsWith(run + AGAIN);
  }
}
