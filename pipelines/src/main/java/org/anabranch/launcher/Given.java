package org.anabranch.launcher;

import org.jspecify.annotations.Nullable;

/**
 * A value someone gave for an option.
 *
 * @param value as written; null where only the name was given
 * @param label how an error calls it: {@code --buckets}, or {@code run.yaml:3:10: buckets}
 */
record Given(@Nullable String value, String label) {}
