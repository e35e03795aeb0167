package org.anabranch.transforms.parse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;

/**
 * Keeps the changes of a bundle until it is known what was seen of their tables, and hands both
 * over together. Holds at most {@link #FULL_BYTES} and what one record adds. Not thread-safe.
 */
final class BatchOutput implements ChangeCollector.Receiver {

  /** Beyond so many bytes the changes so far go out before the bundle ends. */
  private static final int FULL_BYTES = 512 << 10;

  private final Map<String, List<byte[]>> changes = new HashMap<>();
  private long size;

  @Override
  public void accept(TableBucket bucket, byte[] batch) {
    changes.computeIfAbsent(bucket.table(), table -> new ArrayList<>()).add(batch);
    size += batch.length;
  }

  boolean isFull() {
    return size >= FULL_BYTES;
  }

  /** Hands over all changes, with what was seen since this was called last. */
  void finish(RunReport seen, Consumer<ChangeBatch> out) {
    for (TableReport table : seen.tables()) {
      List<byte[]> ofTable = changes.getOrDefault(table.table(), List.of());
      boolean isEmpty =
          ofTable.isEmpty()
              && table.counts().values().stream().allMatch(count -> count == 0)
              && table.facts().isEmpty();
      if (!isEmpty) {
        out.accept(new ChangeBatch(table, ofTable));
      }
    }

    changes.clear();
    size = 0;
  }
}
