package org.anabranch.lake;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Values that are slow to make and the same for the whole JVM, by key; the least recently used one
 * goes first. Who asks for a value that is being made waits for it.
 */
final class Cached<K, V> {

  private final Function<K, V> make;
  private final Map<K, V> values;

  Cached(int limit, Function<K, V> make) {
    this.make = make;
    values =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > limit;
          }
        };
  }

  synchronized V get(K key) {
    V known = values.get(key);
    if (known == null) {
      known = make.apply(key);
      values.put(key, known);
    }

    return known;
  }
}
