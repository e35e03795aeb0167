package org.anabranch.testdata;

import java.util.Arrays;

/**
 * A table of the reference job: which rows live, in which version, and how they look. A row's
 * content follows from its id and version alone, so two numbers per row are all that is kept.
 *
 * <p>Rows are picked with a skew: of {@code n} live rows, the share {@code x} that is picked most
 * gets the share of the cube root of {@code x}; one percent of the rows gets a fifth of the picks.
 */
final class ReferenceTable {

  private final Dice dice;
  private final Content content;
  private int[] versions = new int[1024];
  private long[] updatedMicros = new long[1024];
  private int nextId = 1;

  // Live ids, those picked most first; the dead ones in any order.
  private int[] live = new int[1024];
  private int liveCount;
  private int[] dead = new int[1024];
  private int deadCount;

  ReferenceTable(Dice dice, Content content) {
    this.dice = dice;
    this.content = content;
  }

  boolean isEmpty() {
    return liveCount == 0;
  }

  boolean hasDead() {
    return deadCount > 0;
  }

  /** Returns a live row. */
  int pick() {
    return live[pickPlace()];
  }

  /** Adds a row and returns its id. */
  int insert(long nowMicros) {
    int id = nextId++;
    versions = withPlaceFor(id, versions);
    if (id == updatedMicros.length) {
      updatedMicros = Arrays.copyOf(updatedMicros, id * 2);
    }

    update(id, nowMicros);
    enliven(id);
    return id;
  }

  void update(int id, long nowMicros) {
    versions[id]++;
    updatedMicros[id] = nowMicros;
  }

  /** Takes a live row away and returns its id; its image stays until it is inserted again. */
  int delete() {
    int place = pickPlace();
    int id = live[place];
    live[place] = live[--liveCount];
    dead = withPlaceFor(deadCount, dead);
    dead[deadCount++] = id;
    return id;
  }

  /** Inserts a row under the id of a deleted one, which it returns. */
  int insertAgain(long nowMicros) {
    int place = dice.below(deadCount);
    int id = dead[place];
    dead[place] = dead[--deadCount];
    update(id, nowMicros);
    enliven(id);
    return id;
  }

  /** Returns the row as JSON. */
  String image(int id) {
    return content.image(id, versions[id], updatedMicros[id]);
  }

  private int pickPlace() {
    double unit = dice.unit();
    return (int) (unit * unit * unit * liveCount);
  }

  // At any place, so that neither the oldest nor the smallest ids are the busiest.
  private void enliven(int id) {
    live = withPlaceFor(liveCount, live);
    int place = dice.below(++liveCount);
    live[liveCount - 1] = live[place];
    live[place] = id;
  }

  private static int[] withPlaceFor(int index, int[] array) {
    return index < array.length ? array : Arrays.copyOf(array, index * 2);
  }

  /** How a version of a row looks. */
  interface Content {

    String image(int id, int version, long updatedMicros);
  }
}
