package org.anabranch.transforms.merge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.RowVersion;
import org.anabranch.model.RowVersion.Cell;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.Pending.Span;
import org.jspecify.annotations.Nullable;

/**
 * Merges one bucket of one table: every key once, in ascending order. Where the newest version of a
 * row is a whole image, which is nearly always, it is handed on as it lies there; otherwise the
 * versions are joined as {@link RowVersion} says. A history needs all versions in their order.
 */
final class BucketMerge {

  private final Versions versions;
  private final TableOutput output;
  private final boolean hasHistory;
  private final Consumer<Pending> pending;
  private final Map<String, Integer> columnNumbers = new HashMap<>();
  private final int[][] targets;
  private final long[] imagesOfShape;
  private final ByteReader reader = new ByteReader(new byte[0]);
  private final Comparator<Integer> order;
  private final List<Integer> truncates;
  private final int newestTruncate;
  private int[] group = new int[16];
  private int groupSize;

  BucketMerge(
      Versions versions, TableOutput output, boolean hasHistory, Consumer<Pending> pending) {
    this.versions = versions;
    this.output = output;
    this.hasHistory = hasHistory;
    this.pending = pending;
    order = versions::compare;
    for (int i = 0; i < output.columns().size(); i++) {
      columnNumbers.put(output.columns().get(i).name(), i);
    }

    targets = new int[versions.shapes()][];
    for (int shape = 0; shape < targets.length; shape++) {
      targets[shape] =
          versions.columns(shape).stream()
              .mapToInt(name -> Objects.requireNonNull(columnNumbers.get(name)))
              .toArray();
    }

    imagesOfShape = new long[targets.length];
    truncates = new ArrayList<>(versions.truncates());
    truncates.sort(order);
    newestTruncate = truncates.isEmpty() ? -1 : truncates.get(truncates.size() - 1);
  }

  void run() throws IOException {
    for (int first : versions.firstOfEachKey()) {
      merge(first);
    }

    noteMissingColumns();
  }

  private void merge(int first) throws IOException {
    gather(first);
    boolean isSimple = !hasHistory;
    int newest = -1;
    for (int i = 0; i < groupSize; i++) {
      int version = group[i];
      if (versions.kind(version) == RowBatch.CARRY) {
        isSimple = false;
        continue;
      }

      int comparison = newest < 0 ? 1 : versions.compare(version, newest);
      isSimple &= comparison != 0 || versions.sameContent(version, newest);
      newest = comparison > 0 ? version : newest;
    }

    if (!isSimple || versions.kind(newest) == RowBatch.IMAGE_WITH_HOLES) {
      mergeSorted();
      return;
    }

    boolean isTruncated = newestTruncate >= 0 && versions.compare(newestTruncate, newest) > 0;
    if (!isTruncated && versions.hasRow(newest)) {
      writeImage(newest);
    }
  }

  /**
   * Collects the versions of a key. A base has no order: of several rows with one key the one with
   * the greatest content stands for all, so that no row is made up of two.
   */
  private void gather(int first) {
    groupSize = 0;
    int base = -1;
    int change = -1;
    boolean isOfTwoSources = false;
    for (int version = first; version >= 0; version = versions.next(version)) {
      if (versions.isBase(version)) {
        if (base >= 0 && !versions.sameContent(base, version)) {
          output.note("rows of the base have the key of another one: one is kept", 1);
        }

        base = base < 0 || versions.compareContent(version, base) > 0 ? version : base;
        continue;
      }

      add(version);
      isOfTwoSources |= change >= 0 && !versions.sameSource(change, version);
      change = version;
    }

    if (base >= 0) {
      add(base);
    }

    if (isOfTwoSources) {
      output.countConflict();
    }
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
    int[] target = targets[shape];
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

    imagesOfShape[shape]++;
    output.writeCurrent(versions.position(version));
  }

  private void clear(RowSlices row) {
    for (int column = 0; column < columnNumbers.size(); column++) {
      row.set(column, null, 0);
    }
  }

  /** The whole story of one key: versions in order, with the table's truncates between them. */
  private void mergeSorted() throws IOException {
    List<Integer> sorted = new ArrayList<>(groupSize + truncates.size());
    List<Integer> carries = new ArrayList<>();
    for (int i = 0; i < groupSize; i++) {
      (versions.kind(group[i]) == RowBatch.CARRY ? carries : sorted).add(group[i]);
    }

    byte[] key = versions.key(group[0]);
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
    Story story = new Story();
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

    if (hasHistory) {
      emitHistory(key, story.chapters);
    }
  }

  private void emitCurrent(byte[] key, RowVersion row, int newestImage) throws IOException {
    imagesOfShape[versions.shape(newestImage)]++;
    Map<String, Cell> cells = Pending.cells(row);
    if (isPending(cells)) {
      pending.accept(new Pending.Row(key, row.position(), cells, null));
      return;
    }

    noteHoles(row);
    fill(output.currentRow(), cells);
    output.writeCurrent(row.position());
  }

  private void emitHistory(byte[] key, List<Chapter> chapters) throws IOException {
    boolean isAnyPending = chapters.stream().anyMatch(chapter -> isPending(chapter.cells));
    for (Chapter chapter : chapters) {
      Span span = new Span(chapter.from, chapter.to, chapter.continuesPrevious);
      if (isAnyPending) {
        pending.accept(new Pending.Row(key, chapter.position, chapter.cells, span));
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

  private static boolean isPending(Map<String, Cell> cells) {
    return cells.values().stream().anyMatch(cell -> cell.value()[0] == Values.CARRIED);
  }

  private void noteHoles(RowVersion row) {
    for (String column : row.columns()) {
      if (row.cell(column) == null) {
        output.note("`" + column + "` was never sent: null", 1);
      }
    }
  }

  private void noteMissingColumns() {
    for (int shape = 0; shape < imagesOfShape.length; shape++) {
      if (imagesOfShape[shape] == 0) {
        continue;
      }

      for (String column : columnNumbers.keySet()) {
        if (!versions.columns(shape).contains(column)) {
          output.note("`" + column + "` is not in the newest image: null", imagesOfShape[shape]);
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

    boolean looksLike(Map<String, Cell> others) {
      if (!cells.keySet().equals(others.keySet())) {
        return false;
      }

      return cells.entrySet().stream()
          .allMatch(
              cell -> isAlike(cell.getValue(), Objects.requireNonNull(others.get(cell.getKey()))));
    }

    /** Values carried from one key at two times may differ; that shows when they are known. */
    private static boolean isAlike(Cell left, Cell right) {
      return Arrays.equals(left.value(), right.value())
          && (left.value()[0] != Values.CARRIED || left.position().equals(right.position()));
    }
  }

  /** The chapters of a row's history, oldest first. Times never run backwards. */
  private static final class Story {

    private final List<Chapter> chapters = new ArrayList<>();
    private @Nullable RowVersion row;
    private @Nullable Chapter open;
    private @Nullable Long now;

    void add(RowVersion change, @Nullable Long timeMicros) {
      RowVersion next = row == null ? change : row.join(change);
      row = next;
      if (timeMicros != null) {
        now = now == null ? timeMicros : (Long) Math.max(now, timeMicros);
      }

      Map<String, Cell> cells = next.isAlive() ? withoutNulls(Pending.cells(next)) : null;
      Chapter last = open;
      if (last != null) {
        if (cells != null && last.looksLike(cells)) {
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
