package org.anabranch.lake;

import java.time.Duration;
import org.anabranch.model.Internal;

/**
 * What upkeep leaves.
 *
 * @param keepVersions newest versions of each table that stay; at least 1
 * @param olderThan versions younger than this stay in any case; zero for no such rule
 */
@Internal
public record UpkeepSettings(int keepVersions, Duration olderThan) {

  public static final UpkeepSettings DEFAULT = new UpkeepSettings(100, Duration.ZERO);

  public UpkeepSettings {
    if (keepVersions < 1) {
      throw new IllegalArgumentException(
          "keepVersions must be at least 1, but was: " + keepVersions);
    }

    if (olderThan.isNegative()) {
      throw new IllegalArgumentException("an age must not be negative, but was: " + olderThan);
    }
  }
}
