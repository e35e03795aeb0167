package org.anabranch.transforms.merge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.RowVersion;
import org.anabranch.model.RowVersion.Cell;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.Pending.Span;
import org.anabranch.transforms.merge.Versions.Origin;
import org.jspecify.annotations.Nullable;

/**
 * Merges the versions of one key after another, keys in ascending order: changes of this run,
 * records that were kept, and the stored row. Where the newest version ({@link RowVersion#isNewer})
 * is a whole image and no other one stands at its position, which is nearly always, it is the join
 * of all and handed on as it lies there; otherwise the versions are joined ({@link
 * RowVersion#join}). A history needs all versions in their order.
 *
 * <p>What a later run may still need beside the stored row is kept: the newest delete of a row, all
 * versions of a row with values that were not sent or that has a history or whose key changed, and
 * truncates. Records are never kept twice.
 */
final class BucketMerge {

  private final Versions versions;
  private final TableOutput output;
  private final Consumer<Pending> pending;
  private final boolean isOfMoved;
  private final Map<String, Integer> columnNumbers = new HashMap<>();
  private final List<int[]> targets = new ArrayList<>();
  private final List<long[]> imagesOfShape = new ArrayList<>();
  private final ByteReader reader = new ByteReader(new byte[0]);
  private final Comparator<Integer> order;
  private final List<Integer> truncates;
  private final int newestTruncate;
  private final boolean hasNewTruncate;
  private int[] group = new int[16];
  private int groupSize;
  private int stored;
  private boolean isKnownWritten;

  /** Those of the group that were kept, in order. */
  private final List<Integer> kept = new ArrayList<>();

  /**
   * @param isOfMoved whether these are rows of the bucket {@link TableStore#MOVED}
   * @param pending takes the rows of that bucket and what they offer each other
   */
  BucketMerge(Versions versions, TableOutput output, boolean isOfMoved, Consumer<Pending> pending) {
    this.versions = versions;
    this.output = output;
    this.isOfMoved = isOfMoved;
    this.pending = pending;
    order = versions::compare;
    for (int i = 0; i < output.columns().size(); i++) {
      columnNumbers.put(output.columns().get(i).name(), i);
    }

    truncates = new ArrayList<>(versions.truncates());
    truncates.sort(order);
    newestTruncate = truncates.isEmpty() ? -1 : truncates.get(truncates.size() - 1);
    hasNewTruncate =
        truncates.stream().anyMatch(version -> versions.origin(version) == Origin.INCOMING);
  }

  /** From now on keys are written also where nothing is news. */
  void writeKnownToo() {
    isKnownWritten = true;
  }

  /** Whether this run brings a truncate, so that rows may go whose keys it does not name. */
  boolean hasNewTruncate() {
    return hasNewTruncate;
  }

  /** Whether a truncate took a row away that was written at a position. */
  boolean isTruncated(Position position) {
    return newestTruncate >= 0 && versions.position(newestTruncate).compareTo(position) > 0;
  }

  /** Keeps the truncates of this run. */
  void keepTruncates() throws IOException {
    for (int i = 0; i < truncates.size(); i++) {
      int truncate = truncates.get(i);
      boolean isKnown = versions.origin(truncate) != Origin.INCOMING;
      for (int other : truncates) {
        isKnown |=
            other != truncate
                && versions.compare(other, truncate) == 0
                && (versions.origin(other) == Origin.KEPT || truncates.indexOf(other) < i);
      }

      if (!isKnown) {
        output.current().keep(versions, truncate, truncate);
      }
    }
  }

  /** Remarks on all rows merged; to be called last. */
  void finish() {
    noteMissingColumns();
  }

  /**
   * Merges one key.
   *
   * @param first of its versions
   * @return whether the stored row, where there is one, goes: a newer one was written, or the row
   *     is gone
   */
  boolean merge(int first) throws IOException {
    gather(first);
    output.countDuplicates(duplicates());
    boolean isNews = hasNewTruncate || isOfMoved || isKnownWritten;
    for (int i = 0; i < groupSize; i++) {
      isNews |= isNews(group[i]);
    }

    if (!isNews) {
      return false;
    }

    boolean isSimple = !output.hasHistory() && !isOfMoved;
    boolean isTracked = !isSimple;
    int newest = -1;
    for (int i = 0; i < groupSize; i++) {
      int version = group[i];
      isTracked |= versions.kind(version) == RowBatch.MOVE;
      if (versions.kind(version) == RowBatch.CARRY) {
        continue;
      }

      int comparison = newest < 0 ? 1 : versions.compare(version, newest);
      if (comparison == 0 && (version == stored || newest == stored)) {
        // The same change again: the row that it made is stored.
        newest = stored;
        continue;
      }

      isSimple &= comparison != 0 || versions.sameContent(version, newest);
      boolean stays =
          newest >= 0
              && RowVersion.isNewer(-comparison, versions.hasRow(newest), versions.hasRow(version));
      newest = stays ? newest : version;
    }

    isTracked |= newest >= 0 && versions.kind(newest) == RowBatch.IMAGE_WITH_HOLES;
    keep(first, newest, isTracked);
    boolean isTruncated =
        newest >= 0 && newestTruncate >= 0 && versions.compare(newestTruncate, newest) > 0;
    if (stored >= 0 && newest == stored && !output.hasHistory()) {
      return isTruncated;
    }

    if (!isSimple || versions.kind(newest) == RowBatch.IMAGE_WITH_HOLES) {
      mergeSorted(first);
      return true;
    }

    if (!isTruncated && versions.hasRow(newest)) {
      writeImage(newest);
    }

    return true;
  }

  /**
   * Gives all versions of a key, and the table's truncates, to the bucket {@link TableStore#MOVED}.
   */
  void forward(int first, RowBatch.Writer out) {
    gather(first);
    for (int i = 0; i < groupSize; i++) {
      versions.copy(first, group[i], out);
    }

    forwardTruncates(out);
  }

  /** Gives the table's truncates to the bucket {@link TableStore#MOVED}. */
  void forwardTruncates(RowBatch.Writer out) {
    for (int truncate : truncates) {
      versions.copy(truncate, truncate, out);
    }
  }

  /** How many versions of the group come with this run and do nothing. */
  private long duplicates() {
    if (groupSize < 2) {
      return 0;
    }

    int newestKnown = -1;
    for (int i = 0; i < groupSize; i++) {
      boolean isKnown = versions.origin(group[i]) != Origin.INCOMING;
      if (isKnown && (newestKnown < 0 || versions.compare(group[i], newestKnown) > 0)) {
        newestKnown = group[i];
      }
    }

    long duplicates = 0;
    List<Integer> fresh = new ArrayList<>();
    for (int i = 0; i < groupSize; i++) {
      int version = group[i];
      if (versions.origin(version) != Origin.INCOMING) {
        continue;
      }

      boolean isDone =
          output.hasHistory()
              ? contains(kept, version)
              : newestKnown >= 0 && versions.compare(version, newestKnown) <= 0;
      if (isDone) {
        duplicates++;
      } else {
        fresh.add(version);
      }
    }

    fresh.sort(order);
    for (int i = 1; i < fresh.size(); i++) {
      boolean isSame =
          versions.compare(fresh.get(i - 1), fresh.get(i)) == 0
              && versions.kind(fresh.get(i - 1)) == versions.kind(fresh.get(i));
      duplicates += isSame ? 1 : 0;
    }

    return duplicates;
  }

  /** Whether a version comes with this run and is not among the kept records already. */
  private boolean isNews(int version) {
    if (versions.origin(version) != Origin.INCOMING) {
      return false;
    }

    return !contains(kept, version);
  }

  /** Whether one of the versions, which are in order, is at the same place and says the same. */
  private boolean contains(List<Integer> sorted, int version) {
    int place = Collections.binarySearch(sorted, version, order);
    if (place < 0) {
      return false;
    }

    int from = place;
    while (from > 0 && versions.compare(sorted.get(from - 1), version) == 0) {
      from--;
    }

    for (int i = from; i < sorted.size(); i++) {
      int other = sorted.get(i);
      if (versions.compare(other, version) != 0) {
        return false;
      }

      if (versions.kind(other) == versions.kind(version) && versions.sameContent(other, version)) {
        return true;
      }
    }

    return false;
  }

  private void keep(int first, int newest, boolean isTracked) throws IOException {
    StoredSheet sheet = output.current();
    if (!isTracked) {
      boolean isDelete = newest >= 0 && !versions.hasRow(newest);
      if (isDelete && isNews(newest)) {
        sheet.keep(versions, first, newest);
      }

      return;
    }

    List<Integer> news = new ArrayList<>();
    for (int i = 0; i < groupSize; i++) {
      if (group[i] == stored || isNews(group[i])) {
        news.add(group[i]);
      }
    }

    news.sort(order);
    List<Integer> done = new ArrayList<>();
    for (int version : news) {
      boolean isLater = !done.isEmpty() && versions.compare(done.get(0), version) != 0;
      if (isLater) {
        done.clear();
      }

      if (!contains(done, version)) {
        sheet.keep(versions, first, version);
        done.add(version);
      }
    }
  }

  /**
   * Collects the versions of a key. A base has no order: of several rows with one key the one with
   * the greatest content stands for all, so that no row is made up of two. A stored row that is
   * what kept records make is left out: they tell more.
   */
  private void gather(int first) {
    groupSize = 0;
    stored = -1;
    int base = -1;
    int change = -1;
    boolean isOfTwoSources = false;
    for (int version = first; version >= 0; version = versions.next(version)) {
      if (versions.origin(version) == Origin.STORED) {
        stored = version;
      } else if (versions.isBase(version)) {
        if (base >= 0 && !versions.sameContent(base, version)) {
          output.note("rows of the base have the key of another one: one is kept", 1);
        }

        base = base < 0 || versions.compareContent(version, base) > 0 ? version : base;
      } else {
        add(version);
        isOfTwoSources |= change >= 0 && !versions.sameSource(change, version);
        change = version;
      }
    }

    if (base >= 0) {
      add(base);
    }

    kept.clear();
    for (int i = 0; i < groupSize; i++) {
      if (versions.origin(group[i]) == Origin.KEPT) {
        kept.add(group[i]);
      }
    }

    kept.sort(order);
    if (stored >= 0) {
      isOfTwoSources |= addStored(change);
    }

    if (isOfTwoSources) {
      output.countConflict();
    }
  }

  /** Adds the stored row to the group; tells whether its source is another one. */
  private boolean addStored(int change) {
    boolean isBase = versions.isBase(stored);
    for (int i = 0; i < groupSize; i++) {
      int other = group[i];
      boolean isKept = versions.origin(other) == Origin.KEPT && versions.hasRow(other);
      if (isKept && versions.compare(other, stored) == 0) {
        stored = -1;
        return false;
      }

      if (isBase && versions.isBase(other)) {
        // Of two bases the greater row stands, as above.
        if (versions.compareContent(other, stored) > 0) {
          stored = -1;
        } else {
          group[i] = group[--groupSize];
          add(stored);
        }

        return false;
      }
    }

    add(stored);
    return !isBase && change >= 0 && !versions.sameSource(change, stored);
  }

  private void add(int version) {
    if (groupSize == group.length) {
      group = Arrays.copyOf(group, groupSize * 2);
    }

    group[groupSize++] = version;
  }

  private void writeImage(int version) throws IOException {
    RowSlices row = output.currentRow();
    int shape = versions.shape(version);
    int[] target = target(shape);
    byte[] buffer = versions.buffer(version);
    if (target.length < columnNumbers.size()) {
      clear(row);
    }

    int offset = versions.payloadOffset(version);
    reader.reset(buffer, offset, buffer.length - offset);
    for (int column : target) {
      row.set(column, buffer, reader.position());
      Values.skip(reader);
    }

    imagesOfShape.get(shape)[0]++;
    output.writeCurrent(versions.position(version), versions.timeMicros(version));
  }

  /** Places of a shape's columns in a row. */
  private int[] target(int shape) {
    while (targets.size() <= shape) {
      targets.add(
          versions.columns(targets.size()).stream()
              .mapToInt(name -> Objects.requireNonNull(columnNumbers.get(name)))
              .toArray());
      imagesOfShape.add(new long[1]);
    }

    return targets.get(shape);
  }

  private void clear(RowSlices row) {
    for (int column = 0; column < columnNumbers.size(); column++) {
      row.set(column, null, 0);
    }
  }

  /** The whole story of one key: versions in order, with the table's truncates between them. */
  private void mergeSorted(int first) throws IOException {
    List<Integer> sorted = new ArrayList<>(groupSize + truncates.size());
    List<Integer> carries = new ArrayList<>();
    for (int i = 0; i < groupSize; i++) {
      (versions.kind(group[i]) == RowBatch.CARRY ? carries : sorted).add(group[i]);
    }

    byte[] key = versions.key(first);
    StoredSheet history = output.history();
    if (history != null && !isOfMoved) {
      history.drop(key, versions.find(key, 0, key.length));
    }

    boolean isKnown = !sorted.isEmpty();
    sorted.addAll(truncates);
    sorted.sort(order);
    if (isKnown) {
      emit(key, sorted);
    }

    for (int carry : carries) {
      offer(key, carry, sorted);
    }
  }

  private void emit(byte[] key, List<Integer> sorted) throws IOException {
    Story story = new Story(output::isOfKey);
    int newestImage = -1;
    for (int i = 0; i < sorted.size(); ) {
      int version = sorted.get(i);
      RowVersion change = versions.rowVersion(version);
      for (; i < sorted.size() && versions.compare(version, sorted.get(i)) == 0; i++) {
        change = change.join(versions.rowVersion(sorted.get(i)));
        newestImage = versions.hasRow(sorted.get(i)) ? sorted.get(i) : newestImage;
      }

      story.add(change, versions.isBase(version) ? null : versions.timeMicros(version));
    }

    RowVersion row = Objects.requireNonNull(story.row);
    if (row.isAlive()) {
      emitCurrent(key, row, newestImage);
    }

    if (output.hasHistory()) {
      emitHistory(key, story.chapters);
    }
  }

  private void emitCurrent(byte[] key, RowVersion row, int newestImage) throws IOException {
    if (versions.origin(newestImage) != Origin.STORED) {
      target(versions.shape(newestImage));
      imagesOfShape.get(versions.shape(newestImage))[0]++;
    }

    long time = versions.timeMicros(newestImage);
    Map<String, Cell> cells = Pending.cells(row);
    if (isOfMoved) {
      pending.accept(new Pending.Row(key, row.position(), time, cells, null));
      return;
    }

    noteHoles(row);
    fill(output.currentRow(), cells);
    output.writeCurrent(row.position(), time);
  }

  private void emitHistory(byte[] key, List<Chapter> chapters) throws IOException {
    for (Chapter chapter : chapters) {
      Span span = new Span(chapter.from, chapter.to, chapter.continuesPrevious);
      if (isOfMoved) {
        pending.accept(new Pending.Row(key, chapter.position, 0, chapter.cells, span));
        continue;
      }

      fill(output.historyRow(), chapter.cells);
      output.writeHistory(chapter.position, span);
    }
  }

  private void fill(RowSlices row, Map<String, Cell> cells) {
    clear(row);
    cells.forEach(
        (column, cell) ->
            row.set(Objects.requireNonNull(columnNumbers.get(column)), cell.value(), 0));
  }

  private void noteHoles(RowVersion row) {
    for (String column : row.columns()) {
      if (row.cell(column) == null) {
        output.note("`" + column + "` was never sent: null", 1);
      }
    }
  }

  private void noteMissingColumns() {
    for (int shape = 0; shape < imagesOfShape.size(); shape++) {
      long images = imagesOfShape.get(shape)[0];
      if (images == 0) {
        continue;
      }

      for (String column : columnNumbers.keySet()) {
        if (!versions.columns(shape).contains(column)) {
          output.note("`" + column + "` is not in the newest image: null", images);
        }
      }
    }
  }

  /**
   * Offers the row at the other key what this key had when its key changed: the row as it was
   * before the last delete at or before the position, or as it is then where none came.
   */
  private void offer(byte[] key, int carry, List<Integer> sorted) {
    RowVersion row = null;
    RowVersion beforeDelete = null;
    for (int version : sorted) {
      if (!versions.isNotAfter(version, carry)) {
        break;
      }

      RowVersion change = versions.rowVersion(version);
      if (row != null && row.isAlive() && !change.isAlive()) {
        beforeDelete = row;
      }

      row = row == null ? change : row.join(change);
    }

    RowVersion offered = row == null || row.isAlive() ? row : beforeDelete;
    Map<String, Cell> cells = offered == null ? Map.of() : Pending.cells(offered);
    pending.accept(
        new Pending.Offer(key, versions.payload(carry), versions.position(carry), cells));
  }

  /** A version of the row that held for a while. */
  private static final class Chapter {

    private final Map<String, Cell> cells;
    private final Position position;
    private final @Nullable Long from;
    private final boolean continuesPrevious;
    private @Nullable Long to;

    Chapter(
        Map<String, Cell> cells,
        Position position,
        @Nullable Long from,
        boolean continuesPrevious) {
      this.cells = cells;
      this.position = position;
      this.from = from;
      this.continuesPrevious = continuesPrevious;
    }

    boolean looksLike(Map<String, Cell> others, Predicate<String> isOfKey) {
      if (!cells.keySet().equals(others.keySet())) {
        return false;
      }

      return cells.entrySet().stream()
          .allMatch(
              cell ->
                  isOfKey.test(cell.getKey())
                      || isAlike(
                          cell.getValue(), Objects.requireNonNull(others.get(cell.getKey()))));
    }

    /** Values carried from one key at two times may differ; that shows when they are known. */
    private static boolean isAlike(Cell left, Cell right) {
      return Arrays.equals(left.value(), right.value())
          && (left.value()[0] != Values.CARRIED || left.position().equals(right.position()));
    }
  }

  /** The chapters of a row's history, oldest first. Times never run backwards. */
  private static final class Story {

    private final Predicate<String> isOfKey;
    private final List<Chapter> chapters = new ArrayList<>();
    private @Nullable RowVersion row;
    private @Nullable Chapter open;
    private @Nullable Long now;

    Story(Predicate<String> isOfKey) {
      this.isOfKey = isOfKey;
    }

    void add(RowVersion change, @Nullable Long timeMicros) {
      RowVersion next = row == null ? change : row.join(change);
      row = next;
      if (timeMicros != null) {
        now = now == null ? timeMicros : (Long) Math.max(now, timeMicros);
      }

      Map<String, Cell> cells = next.isAlive() ? withoutNulls(Pending.cells(next)) : null;
      Chapter last = open;
      if (last != null) {
        if (cells != null && last.looksLike(cells, isOfKey)) {
          return;
        }

        last.to = now;
        open = null;
      }

      if (cells != null) {
        Chapter added = new Chapter(cells, next.position(), now, last != null);
        open = added;
        chapters.add(added);
      }
    }

    private static Map<String, Cell> withoutNulls(Map<String, Cell> cells) {
      cells.values().removeIf(cell -> cell.value()[0] == Values.NULL);
      return cells;
    }
  }
}
