package org.anabranch.lake;

import java.io.IOException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.anabranch.lake.CommitResult.Conflict;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.anabranch.transforms.parse.DeadLetters;
import org.anabranch.transforms.report.TableReport;

/**
 * Commits a run to one table however often others get in between: what they changed is merged
 * again, and nothing else. Attempts are bounded.
 */
public final class CommitLoop {

  /** Two writers need few; with many, each round lets one of them through. */
  private static final int MAX_ATTEMPTS = 20;

  private static final int MIN_PAUSE_MILLIS = 5;
  private static final int MAX_PAUSE_MILLIS = 200;

  private final LakeRun run;
  private final Remerge remerge;

  public CommitLoop(LakeRun run, Remerge remerge) {
    this.run = run;
    this.remerge = remerge;
  }

  /**
   * The order in which the tables of a run are committed: dead letters first, so that none is lost
   * where the rest fails, then by name, which puts a history behind its table.
   */
  public static List<TableReport> inOrder(List<TableReport> reports) {
    return reports.stream()
        .sorted(
            Comparator.comparing((TableReport report) -> !report.table().equals(DeadLetters.TABLE))
                .thenComparing(TableReport::table))
        .toList();
  }

  /**
   * Commits one table.
   *
   * @throws IOException also where others changed the table between all attempts; the run can be
   *     taken over
   */
  public CommitResult commit(TableReport report) throws IOException {
    Set<String> written = new HashSet<>(FilePaths.of(report));
    TableReport ours = report;
    for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      CommitResult result = run.commit(ours);
      if (!(result instanceof Conflict)) {
        written.removeAll(FilePaths.of(ours));
        run.discard(report.table(), written);
        return result;
      }

      int bucketsBefore = run.buckets(report.table());
      Conflict changed = run.refresh(report.table());
      Set<Integer> again = again(ours, changed, bucketsBefore);
      if (!again.isEmpty()) {
        ours = remerge.remerge(run.store(), ours, again);
        written.addAll(FilePaths.of(ours));
      }

      pause(attempt);
    }

    throw new IOException(
        "others have changed table '"
            + report.table()
            + "' between "
            + MAX_ATTEMPTS
            + " attempts to commit");
  }

  private Set<Integer> again(TableReport ours, Conflict changed, int bucketsBefore) {
    Set<Integer> touched = new TreeSet<>();
    ours.files().stream().map(WrittenFile::bucket).forEach(touched::add);
    if (!changed.all()) {
      touched.retainAll(changed.buckets());
      return touched;
    }

    int buckets = run.buckets(ours.table());
    if (buckets != bucketsBefore && !touched.isEmpty()) {
      // The rows of ours are in other buckets now.
      touched.add(TableStore.MOVED);
      IntStream.range(0, buckets).forEach(touched::add);
    }

    return touched;
  }

  private static void pause(int attempt) throws IOException {
    int most = Math.min(MAX_PAUSE_MILLIS, MIN_PAUSE_MILLIS << Math.min(attempt, 10));
    try {
      TimeUnit.MILLISECONDS.sleep(1 + ThreadLocalRandom.current().nextInt(most));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while committing", e);
    }
  }
}
