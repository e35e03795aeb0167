package org.anabranch.transforms.merge;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.RowVersion;
import org.anabranch.model.Values;
import org.anabranch.transforms.source.Generations;

/**
 * All versions of the rows of one bucket, indexed by key. The encoded batches stay as they are; a
 * version is a number that points into them, so that a version that is not the newest costs no
 * decoding. About 100 bytes per version beside the batches.
 */
final class Versions {

  /** Where a version comes from. */
  enum Origin {
    /** The changes of this run. */
    INCOMING,
    /** The records kept beside the stored rows. */
    KEPT,
    /** A stored row: what all changes merged so far made of it. */
    STORED
  }

  private static final int FIRST_CAPACITY = 1024;
  private static final int BYTES_AT_ONCE = 3;

  /** No key in a slot; its lower half is no number of a key. */
  private static final long FREE = -1;

  private static final long HASH = 0x9E3779B97F4A7C15L;

  private final List<List<String>> shapes = new ArrayList<>();
  private final Map<List<String>, Integer> shapeNumbers = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private final Map<String, Integer> nameNumbers = new HashMap<>();
  private final List<Integer> truncates = new ArrayList<>();

  private final Generations generations;
  private final Map<String, String> sourceNames = new HashMap<>();
  private int[] generationsOf = {};

  private int size;
  private byte[][] buffers = new byte[FIRST_CAPACITY][];
  private byte[] kinds = new byte[FIRST_CAPACITY];
  private Origin[] origins = new Origin[FIRST_CAPACITY];

  /** Of stored rows. */
  private long[] addresses = {};

  private int[] keyOffsets = new int[FIRST_CAPACITY];
  private int[] keyLengths = new int[FIRST_CAPACITY];
  private int[] sources = new int[FIRST_CAPACITY];
  private long[] majors = new long[FIRST_CAPACITY];
  private long[] minors = new long[FIRST_CAPACITY];
  private long[] rows = new long[FIRST_CAPACITY];
  private int[] logs = new int[FIRST_CAPACITY];
  private long[] partitions = new long[FIRST_CAPACITY];
  private long[] offsets = new long[FIRST_CAPACITY];
  private long[] times = new long[FIRST_CAPACITY];
  private int[] shapesOf = new int[FIRST_CAPACITY];
  private int[] payloadOffsets = new int[FIRST_CAPACITY];
  private int[] payloadLengths = new int[FIRST_CAPACITY];

  /** Another version of the same key, or -1. */
  private int[] nextOfKey = new int[FIRST_CAPACITY];

  private int keys;

  /**
   * Hash table: the hash of a key in the upper half, its number in the lower half, so that another
   * key is told by a look at the table alone.
   */
  private long[] table = new long[FIRST_CAPACITY * 2];

  private int[] firstOfKey = new int[FIRST_CAPACITY];

  Versions(Generations generations) {
    this.generations = generations;
    Arrays.fill(table, FREE);
  }

  /** Adds all records of a batch of changes; keeps the bytes. */
  void add(byte[] batch) {
    add(batch, Origin.INCOMING, true);
  }

  /** Adds all records of a batch that was kept. */
  void addKept(byte[] batch) {
    add(batch, Origin.KEPT, true);
  }

  /** Adds the truncates of a batch that was kept, and the records of the keys that are known. */
  void addKeptOfKnownKeys(byte[] batch) {
    add(batch, Origin.KEPT, false);
  }

  private void add(byte[] batch, Origin origin, boolean isAll) {
    RowBatch.Reader in = new RowBatch.Reader(batch);
    IdentityHashMap<List<String>, Integer> shapesOfBatch = new IdentityHashMap<>();
    while (in.next()) {
      if (!isAll
          && in.kind() != RowBatch.TRUNCATE
          && find(in.buffer(), in.keyOffset(), in.keyLength()) < 0) {
        continue;
      }

      int version = next(batch, in.kind(), origin);
      keyOffsets[version] = in.keyOffset();
      keyLengths[version] = in.keyLength();
      sources[version] = source(in.source());
      majors[version] = in.major();
      minors[version] = in.minor();
      rows[version] = in.row();
      logs[version] = name(in.log());
      partitions[version] = in.partition();
      offsets[version] = in.offset();
      times[version] = in.timeMicros();
      place(version);
      payloadOffsets[version] = in.payloadOffset();
      payloadLengths[version] = in.payloadLength();
      shapesOf[version] = hasRow(version) ? shape(in.columns(), shapesOfBatch) : -1;
      if (in.kind() == RowBatch.TRUNCATE) {
        truncates.add(version);
      } else {
        link(version);
      }
    }
  }

  private int next(byte[] buffer, int kind, Origin origin) {
    if (size == kinds.length) {
      grow();
    }

    int version = size++;
    buffers[version] = buffer;
    kinds[version] = (byte) kind;
    origins[version] = origin;
    return version;
  }

  /**
   * Adds a stored row to the versions of a key.
   *
   * @param key number of the key, as {@link #find} gives it
   * @param position of the row, its generation found; that of a base where it has none
   * @param timeMicros of the change that wrote it; 0 where it is not known
   * @param address of the row in its store
   * @param columns whose values are in the buffer; those that are not there are not asked for
   */
  int addStored(
      int key,
      Position position,
      long timeMicros,
      long address,
      List<String> columns,
      byte[] buffer,
      int offset,
      int length) {
    boolean isBase = position.equals(Position.BASE);
    int version = next(buffer, isBase ? RowBatch.BASE : RowBatch.IMAGE, Origin.STORED);
    sources[version] = name(position.source());
    majors[version] = position.major();
    minors[version] = position.minor();
    rows[version] = position.row();
    logs[version] = name(position.log());
    partitions[version] = position.partition();
    offsets[version] = position.offset();
    times[version] = timeMicros;
    place(version, position.generation());
    payloadOffsets[version] = offset;
    payloadLengths[version] = length;
    shapesOf[version] = shape(columns);
    if (addresses.length < kinds.length) {
      addresses = Arrays.copyOf(addresses, kinds.length);
    }

    addresses[version] = address;
    // Never the first: that one tells the key.
    int first = firstOfKey[key];
    nextOfKey[version] = nextOfKey[first];
    nextOfKey[first] = version;
    return version;
  }

  /** Number of a key; -1 where there is no version of it. */
  int find(byte[] buffer, int offset, int length) {
    return (int) table[slot(hash(buffer, offset, length), buffer, offset, length)];
  }

  private int name(String name) {
    Integer known = nameNumbers.get(name);
    if (known != null) {
      return known;
    }

    names.add(name);
    nameNumbers.put(name, names.size() - 1);
    return names.size() - 1;
  }

  /** Number of the present name of a source. */
  private int source(String name) {
    String known = sourceNames.get(name);
    if (known == null) {
      known = name.isEmpty() ? name : generations.source(name);
      sourceNames.put(name, known);
    }

    return name(known);
  }

  /** Finds the generation of a version. */
  private void place(int version) {
    if (!generations.isEmpty()) {
      place(
          version,
          generations.of(
              name(sources, version),
              name(logs, version),
              partitions[version],
              offsets[version],
              times[version]));
    }
  }

  private void place(int version, int generation) {
    if (generation == 0 && generationsOf.length <= version) {
      return;
    }

    if (generationsOf.length < kinds.length) {
      generationsOf = Arrays.copyOf(generationsOf, kinds.length);
    }

    generationsOf[version] = generation;
  }

  private int generation(int version) {
    return version < generationsOf.length ? generationsOf[version] : 0;
  }

  private int shape(List<String> columns, Map<List<String>, Integer> shapesOfBatch) {
    Integer known = shapesOfBatch.get(columns);
    if (known != null) {
      return known;
    }

    int number = shape(columns);
    shapesOfBatch.put(columns, number);
    return number;
  }

  private int shape(List<String> columns) {
    Integer known = shapeNumbers.get(columns);
    if (known != null) {
      return known;
    }

    shapes.add(columns);
    shapeNumbers.put(columns, shapes.size() - 1);
    return shapes.size() - 1;
  }

  private void grow() {
    int capacity = size * 2;
    buffers = Arrays.copyOf(buffers, capacity);
    kinds = Arrays.copyOf(kinds, capacity);
    origins = Arrays.copyOf(origins, capacity);
    keyOffsets = Arrays.copyOf(keyOffsets, capacity);
    keyLengths = Arrays.copyOf(keyLengths, capacity);
    sources = Arrays.copyOf(sources, capacity);
    majors = Arrays.copyOf(majors, capacity);
    minors = Arrays.copyOf(minors, capacity);
    rows = Arrays.copyOf(rows, capacity);
    logs = Arrays.copyOf(logs, capacity);
    partitions = Arrays.copyOf(partitions, capacity);
    offsets = Arrays.copyOf(offsets, capacity);
    times = Arrays.copyOf(times, capacity);
    shapesOf = Arrays.copyOf(shapesOf, capacity);
    payloadOffsets = Arrays.copyOf(payloadOffsets, capacity);
    payloadLengths = Arrays.copyOf(payloadLengths, capacity);
    nextOfKey = Arrays.copyOf(nextOfKey, capacity);
  }

  private void link(int version) {
    byte[] buffer = buffers[version];
    int hash = hash(buffer, keyOffsets[version], keyLengths[version]);
    int slot = slot(hash, buffer, keyOffsets[version], keyLengths[version]);
    int key = (int) table[slot];
    if (key >= 0) {
      nextOfKey[version] = firstOfKey[key];
      firstOfKey[key] = version;
      return;
    }

    if (keys == firstOfKey.length) {
      firstOfKey = Arrays.copyOf(firstOfKey, keys * 2);
    }

    table[slot] = (long) hash << 32 | keys;
    nextOfKey[version] = -1;
    firstOfKey[keys++] = version;
    if (keys * 2 > table.length) {
      rehash();
    }
  }

  /** Slot of a key; a free one where there is no version of it. */
  private int slot(int hash, byte[] buffer, int offset, int length) {
    int mask = table.length - 1;
    int slot = hash & mask;
    while (table[slot] != FREE) {
      boolean mayBeKey = hash == (int) (table[slot] >>> 32);
      if (mayBeKey && isKey(firstOfKey[(int) table[slot]], buffer, offset, length)) {
        return slot;
      }

      slot = slot + 1 & mask;
    }

    return slot;
  }

  private boolean isKey(int version, byte[] buffer, int offset, int length) {
    int start = keyOffsets[version];
    int end = start + keyLengths[version];
    return Arrays.equals(buffers[version], start, end, buffer, offset, offset + length);
  }

  private void rehash() {
    long[] old = table;
    table = new long[old.length * 2];
    Arrays.fill(table, FREE);
    int mask = table.length - 1;
    for (long entry : old) {
      if (entry == FREE) {
        continue;
      }

      int slot = (int) (entry >>> 32) & mask;
      while (table[slot] != FREE) {
        slot = slot + 1 & mask;
      }

      table[slot] = entry;
    }
  }

  private static int hash(byte[] bytes, int offset, int length) {
    int end = offset + length;
    long hash = length;
    for (int i = offset; i < end; i++) {
      hash = (hash ^ bytes[i]) * HASH;
      hash ^= hash >>> 29;
    }

    return (int) ((hash * HASH) >>> 32);
  }

  int keys() {
    return keys;
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /** First version of a key, by the number of the key. */
  int firstOf(int key) {
    return firstOfKey[key];
  }

  /** Whether one of the versions of a key is an image at a position, which was written. */
  boolean hasImageAt(int key, Position written, long timeMicros) {
    Position position = generations.place(written, timeMicros);
    for (int version = firstOfKey[key]; version >= 0; version = nextOfKey[version]) {
      if (hasRow(version) && position(version).equals(position)) {
        return true;
      }
    }

    return false;
  }

  Origin origin(int version) {
    return origins[version];
  }

  /** Address of a stored row. */
  long address(int version) {
    return addresses[version];
  }

  /** Order of the key of a version to another key. */
  int compareKey(int version, byte[] key, int length) {
    int start = keyOffsets[version];
    return Arrays.compareUnsigned(
        buffers[version], start, start + keyLengths[version], key, 0, length);
  }

  /** First versions of all keys, keys in ascending order of their bytes. */
  int[] firstOfEachKey() {
    long[] order = new long[keys];
    Arrays.setAll(order, key -> key);
    sort(order, 0, keys, 0);
    int[] first = new int[keys];
    Arrays.setAll(first, i -> firstOfKey[(int) order[i]]);
    return first;
  }

  /**
   * Sorts keys that are the same up to {@code offset}: by the first bytes in which not all of them
   * are the same, then those that are still equal by what follows. Numbers of keys are the lower
   * half of a long, so that no objects are compared.
   */
  private void sort(long[] order, int from, int to, int offset) {
    int start = from;
    int differing = offset + sameBytes(order, from, to, offset);
    for (int i = from; i < to; i++) {
      order[i] = (long) bytesAt(firstOfKey[(int) order[i]], differing) << 32 | (int) order[i];
    }

    Arrays.sort(order, from, to);
    for (int i = from + 1; i <= to; i++) {
      if (i < to && order[i] >>> 32 == order[start] >>> 32) {
        continue;
      }

      if (i - start > 1) {
        sort(order, start, i, differing + BYTES_AT_ONCE);
      }

      start = i;
    }
  }

  /** Number of bytes from {@code offset} on that all the keys have in common. */
  private int sameBytes(long[] order, int from, int to, int offset) {
    int same = Integer.MAX_VALUE;
    for (int i = from + 1; i < to && same > 0; i++) {
      int left = firstOfKey[(int) order[from]];
      int right = firstOfKey[(int) order[i]];
      int length = Math.min(same, Math.min(keyLengths[left], keyLengths[right]) - offset);
      int leftStart = keyOffsets[left] + offset;
      int rightStart = keyOffsets[right] + offset;
      int mismatch =
          Arrays.mismatch(
              buffers[left],
              leftStart,
              leftStart + length,
              buffers[right],
              rightStart,
              rightStart + length);
      same = mismatch < 0 ? length : mismatch;
    }

    return to - from < 2 ? 0 : same;
  }

  /** Three bytes of a key, each of nine bits: behind the end of a key there are zeros. */
  private int bytesAt(int version, int offset) {
    byte[] buffer = buffers[version];
    int end = keyOffsets[version] + keyLengths[version];
    int bytes = 0;
    for (int i = 0; i < BYTES_AT_ONCE; i++) {
      int at = keyOffsets[version] + offset + i;
      bytes = bytes << 9 | (at < end ? (buffer[at] & 0xFF) + 1 : 0);
    }

    return bytes;
  }

  /** Another version of the same key, or -1. */
  int next(int version) {
    return nextOfKey[version];
  }

  List<Integer> truncates() {
    return truncates;
  }

  /**
   * Adds how far the changes go: {@code log:LOG/PARTITION} to the offset behind the last one,
   * {@code source:SOURCE} to the time of the newest one in microseconds since the epoch.
   */
  void progress(Map<String, Long> progress) {
    for (int version = 0; version < size; version++) {
      if (origins[version] != Origin.INCOMING || isBase(version)) {
        continue;
      }

      if (version > 0
          && logs[version] == logs[version - 1]
          && partitions[version] == partitions[version - 1]
          && version < size - 1
          && logs[version] == logs[version + 1]
          && partitions[version] == partitions[version + 1]
          && offsets[version] < offsets[version + 1]
          && sources[version] == sources[version + 1]
          && times[version] <= times[version + 1]) {
        continue;
      }

      String log = names.get(logs[version]) + "/" + partitions[version];
      progress.merge("log:" + log, offsets[version] + 1, Math::max);
      if (times[version] != 0) {
        progress.merge("source:" + names.get(sources[version]), times[version], Math::max);
      }
    }
  }

  int kind(int version) {
    return kinds[version];
  }

  /** Whether the version is an image of the row. */
  boolean hasRow(int version) {
    return RowBatch.hasImage(kinds[version]);
  }

  long timeMicros(int version) {
    return times[version];
  }

  boolean isBase(int version) {
    return kinds[version] == RowBatch.BASE;
  }

  byte[] buffer(int version) {
    return buffers[version];
  }

  int payloadOffset(int version) {
    return payloadOffsets[version];
  }

  byte[] payload(int version) {
    return Arrays.copyOfRange(
        buffers[version],
        payloadOffsets[version],
        payloadOffsets[version] + payloadLengths[version]);
  }

  int payloadLength(int version) {
    return payloadLengths[version];
  }

  /**
   * Adds a version to a batch.
   *
   * @param first of the same key, which tells it
   */
  void copy(int first, int version, RowBatch.Writer out) {
    out.add(
        RowBatch.change(
            kinds[version],
            position(version),
            times[version],
            ByteBuffer.wrap(buffers[first], keyOffsets[first], keyLengths[first]),
            shapesOf[version] < 0 ? List.of() : shapes.get(shapesOf[version]),
            ByteBuffer.wrap(buffers[version], payloadOffsets[version], payloadLengths[version])));
  }

  byte[] key(int version) {
    return Arrays.copyOfRange(
        buffers[version], keyOffsets[version], keyOffsets[version] + keyLengths[version]);
  }

  /** Number of the version's shape, from 0; -1 without an image. */
  int shape(int version) {
    return shapesOf[version];
  }

  int shapes() {
    return shapes.size();
  }

  List<String> columns(int shape) {
    return shapes.get(shape);
  }

  Position position(int version) {
    return new Position(
        names.get(sources[version]),
        generation(version),
        majors[version],
        minors[version],
        rows[version],
        names.get(logs[version]),
        partitions[version],
        offsets[version]);
  }

  boolean sameSource(int left, int right) {
    return sources[left] == sources[right];
  }

  /** An order of two images by their columns and values. */
  int compareContent(int left, int right) {
    int order =
        String.join(",", shapes.get(shapesOf[left]))
            .compareTo(String.join(",", shapes.get(shapesOf[right])));
    return order != 0
        ? order
        : Arrays.compareUnsigned(
            buffers[left],
            payloadOffsets[left],
            payloadOffsets[left] + payloadLengths[left],
            buffers[right],
            payloadOffsets[right],
            payloadOffsets[right] + payloadLengths[right]);
  }

  /** Order of positions, as {@link Position#compareTo}. */
  int compare(int left, int right) {
    int order = comparePlace(left, right);
    if (order != 0) {
      return order;
    }

    return Position.compareCoordinates(
        name(logs, left),
        partitions[left],
        offsets[left],
        name(logs, right),
        partitions[right],
        offsets[right]);
  }

  /**
   * Whether a change came no later than another one in the commit order of the source; where it
   * gives none, in the log.
   */
  boolean isNotAfter(int version, int other) {
    boolean isPlaced =
        Position.hasCommitOrder(name(sources, other), majors[other], minors[other], rows[other]);
    return (isPlaced ? comparePlace(version, other) : compare(version, other)) <= 0;
  }

  /** Order of the places in the source's commit order, without the coordinate in the log. */
  private int comparePlace(int left, int right) {
    return Position.comparePlaces(
        sources[left] == sources[right] ? 0 : name(sources, left).compareTo(name(sources, right)),
        generation(left),
        majors[left],
        minors[left],
        rows[left],
        generation(right),
        majors[right],
        minors[right],
        rows[right]);
  }

  private String name(int[] numbers, int version) {
    return names.get(numbers[version]);
  }

  /** Whether two versions say the same, byte by byte. */
  boolean sameContent(int left, int right) {
    return hasRow(left) == hasRow(right)
        && shapesOf[left] == shapesOf[right]
        && Arrays.equals(
            buffers[left],
            payloadOffsets[left],
            payloadOffsets[left] + payloadLengths[left],
            buffers[right],
            payloadOffsets[right],
            payloadOffsets[right] + payloadLengths[right]);
  }

  /** The version as a value of the model. */
  RowVersion rowVersion(int version) {
    Position position = position(version);
    if (!hasRow(version)) {
      return RowVersion.tombstone(position);
    }

    Map<String, byte[]> values = new HashMap<>();
    ByteReader in =
        new ByteReader(buffers[version])
            .reset(buffers[version], payloadOffsets[version], payloadLengths[version]);
    for (String column : shapes.get(shapesOf[version])) {
      int start = in.position();
      Values.skip(in);
      values.put(column, Arrays.copyOfRange(buffers[version], start, in.position()));
    }

    return RowVersion.image(position, values);
  }
}
