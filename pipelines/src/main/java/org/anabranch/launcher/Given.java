package org.anabranch.launcher;

import org.jspecify.annotations.Nullable;

/**
 * A value someone gave for an option.
 *
 * @param value as written; null where only the name was given
 * @param place where it stands, {@code run.yaml:3:10: }; empty on the command line
 * @param name as written there: {@code buckets} in a file, {@code --buckets} on the command line
 */
record Given(@Nullable String value, String place, String name) {

  static Given onCommandLine(String name, @Nullable String value) {
    return new Given(value, "", "--" + name);
  }

  /** How an error calls it. */
  String label() {
    return place + name;
  }

  /** The option's name as it would be written in the same place. */
  String written(String option) {
    return place.isEmpty() ? "--" + option : option;
  }
}
