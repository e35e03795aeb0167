package org.anabranch.lake;

/** Names a stored row within its bucket: the number of the file, then the row's place in it. */
final class Address {

  private static final int ROW_BITS = 40;

  private Address() {}

  static long of(int file, long row) {
    return ((long) file << ROW_BITS) | row;
  }

  static int file(long address) {
    return (int) (address >>> ROW_BITS);
  }

  static long row(long address) {
    return address & ((1L << ROW_BITS) - 1);
  }
}
