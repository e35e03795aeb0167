package org.anabranch.lake;

import java.time.Duration;

/**
 * What upkeep leaves.
 *
 * @param keepVersions newest versions of each table that stay; at least 1
 * @param olderThan versions younger than this stay in any case; zero for no such rule
 * @param strangeFileAge data files and manifests of other engines that no version needs go when
 *     they are older: they may belong to a commit that is under way
 */
public record UpkeepSettings(int keepVersions, Duration olderThan, Duration strangeFileAge) {

  /** Iceberg's own rule for orphan files. */
  private static final Duration STRANGE_FILE_AGE = Duration.ofDays(3);

  public static final UpkeepSettings DEFAULT =
      new UpkeepSettings(100, Duration.ZERO, STRANGE_FILE_AGE);

  public UpkeepSettings {
    if (keepVersions < 1) {
      throw new IllegalArgumentException(
          "keepVersions must be at least 1, but was: " + keepVersions);
    }

    if (olderThan.isNegative() || strangeFileAge.isNegative()) {
      throw new IllegalArgumentException(
          "ages must not be negative, but were: " + olderThan + " and " + strangeFileAge);
    }
  }
}
