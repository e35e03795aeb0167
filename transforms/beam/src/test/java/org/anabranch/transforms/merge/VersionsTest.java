package org.anabranch.transforms.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Generated;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Values;
import org.anabranch.transforms.source.Generations;
import org.junit.jupiter.api.Test;

class VersionsTest {

  @Test
  void keysAscendByTheirBytesWhateverTheyHaveInCommon() {
    Generated.forSeeds(
        50,
        generated -> {
          TreeSet<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
          RowBatch.Writer batch = new RowBatch.Writer(64);
          String prefix = generated.text().repeat(generated.below(4));
          for (int i = 0; i < 300; i++) {
            KeyWriter key = key(generated, prefix);
            keys.add(key.toByteArray());
            batch.delete(generated.position(), 0, key);
          }

          Versions versions = new Versions(Generations.NONE);
          versions.add(batch.toByteArray());
          assertThat(versions.keys(), is(keys.size()));
          assertThat(ordered(versions), is(texts(keys)));
        });
  }

  private static KeyWriter key(Generated generated, String prefix) {
    KeyWriter key = new KeyWriter();
    Object first =
        switch (generated.below(3)) {
          case 0 -> generated.number();
          case 1 -> (long) generated.below(1000);
          default -> prefix + generated.text();
        };
    key.add(new ByteReader(Values.encode(first)));
    if (generated.oneIn(3)) {
      key.add(new ByteReader(Values.encode(generated.number())));
    }

    return key;
  }

  @Test
  void keyThatGoesOnWithZerosComesBehindTheOneThatEnds() {
    RowBatch.Writer batch = new RowBatch.Writer(64);
    for (int length : List.of(4, 0, 7, 1, 3, 2)) {
      batch.carry(Position.BASE, 0, new byte[length], new byte[0]);
    }

    Versions versions = new Versions(Generations.NONE);
    versions.add(batch.toByteArray());
    int[] lengths =
        Arrays.stream(versions.firstOfEachKey())
            .map(version -> versions.key(version).length)
            .toArray();
    assertThat(lengths, is(new int[] {0, 1, 2, 3, 4, 7}));
  }

  @Test
  void oneKeyInManyBatchesIsOneKeyWithAllItsVersions() {
    Versions versions = new Versions(Generations.NONE);
    for (int i = 0; i < 3000; i++) {
      RowBatch.Writer batch = new RowBatch.Writer(64);
      batch.delete(new Position("db", 1, i, 0, "log", 0, i), i, EncodedChanges.key("k" + i % 7));
      versions.add(batch.toByteArray());
    }

    int[] first = versions.firstOfEachKey();
    assertThat(first.length, is(7));
    TreeSet<Long> times = new TreeSet<>();
    for (int version = first[3]; version >= 0; version = versions.next(version)) {
      times.add(versions.timeMicros(version));
      assertThat(versions.key(version), is(EncodedChanges.encodedKey("k3")));
    }

    assertThat(times.size(), is(429));
  }

  @Test
  void emptyBucketHasNoKeys() {
    assertThat(new Versions(Generations.NONE).firstOfEachKey().length, is(0));
  }

  @Test
  void orderOfVersionsIsThatOfTheirPositions() {
    Generated.forSeeds(
        200,
        generated -> {
          Position left = generated.position();
          Position right = generated.position();
          RowBatch.Writer batch = new RowBatch.Writer(64);
          batch.delete(left, 0, EncodedChanges.key("k"));
          batch.delete(right, 0, EncodedChanges.key("k"));
          Versions versions = new Versions(Generations.NONE);
          versions.add(batch.toByteArray());
          assertThat(
              Integer.signum(versions.compare(0, 1)), is(Integer.signum(left.compareTo(right))));
          assertThat(versions.position(0), is(left));
          assertThat(
              versions.isNotAfter(0, 1), is(left.compareTo(right) <= 0 || left.sameChange(right)));
        });
  }

  private static List<String> ordered(Versions versions) {
    List<String> keys = new ArrayList<>();
    for (int first : versions.firstOfEachKey()) {
      keys.add(Arrays.toString(versions.key(first)));
    }

    return keys;
  }

  private static List<String> texts(Set<byte[]> keys) {
    return keys.stream().map(Arrays::toString).toList();
  }
}
