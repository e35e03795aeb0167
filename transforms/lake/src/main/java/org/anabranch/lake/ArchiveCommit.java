package org.anabranch.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.anabranch.lake.CommitResult.Committed;
import org.anabranch.lake.CommitResult.Nothing;
import org.anabranch.parquet.RecordFile;
import org.anabranch.transforms.archive.OffsetRanges;
import org.anabranch.transforms.archive.RecordArchive;
import org.anabranch.transforms.report.TableReport;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.Transaction;

/**
 * One attempt to add what a run has archived. Which offsets are in is part of the same commit, so
 * each record is in once: a slice that others have added meanwhile is left out, and of one they
 * have added in part the rest is written anew. May be repeated: a run that is in adds nothing.
 */
final class ArchiveCommit {

  private final LakeCatalog catalog;
  private final String run;
  private final List<ArchivedSlice> slices;

  ArchiveCommit(LakeCatalog catalog, String run, TableReport report) {
    this.catalog = catalog;
    this.run = run;
    slices = ArchivedSlice.of(report);
  }

  /** Whether some of it is not in yet. */
  boolean isMissing() {
    OffsetRanges offsets = offsets(catalog);
    return slices.stream().anyMatch(slice -> !slice.isIn(offsets));
  }

  /** Offsets that are in the archive; none where there is no archive. */
  static OffsetRanges offsets(LakeCatalog catalog) {
    TableOperations loaded = catalog.load(RecordArchive.TABLE);
    return loaded == null ? OffsetRanges.NONE : ArchiveLayout.offsets(loaded.current());
  }

  /**
   * Commits, or finds that there is nothing to commit.
   *
   * @throws ConflictException where the archive was changed during the attempt
   */
  CommitResult attempt() throws IOException {
    TableOperations loaded = catalog.load(RecordArchive.TABLE);
    if (loaded != null) {
      TableLocations.requireInPlace(catalog.config(), RecordArchive.TABLE, loaded.current());
    }

    OffsetRanges before =
        loaded == null ? OffsetRanges.NONE : ArchiveLayout.offsets(loaded.current());
    OffsetRanges after = before;
    List<DataFile> files = new ArrayList<>();
    for (ArchivedSlice slice : slices) {
      for (DataFile file : slice.isIn(after) ? List.<DataFile>of() : slice.files()) {
        files.addAll(
            after.containsAny(slice.partition(), slice.start(), slice.end())
                ? without(after, slice.partition(), file)
                : List.of(file));
      }

      after = after.with(slice.partition(), slice.start(), slice.end());
    }

    if (after.equals(before)) {
      return new Nothing();
    }

    Transaction transaction =
        loaded == null
            ? catalog.create(
                RecordArchive.TABLE,
                ArchiveLayout.SCHEMA,
                ArchiveLayout.SPEC,
                ArchiveLayout.properties(),
                run)
            : catalog.update(RecordArchive.TABLE, loaded, loaded.current(), run);
    AppendFiles append =
        CallerThread.ifFew(
            transaction.newAppend(),
            transaction.table().io(),
            loaded == null ? null : loaded.current());
    append.set(States.TOKEN, run);
    files.forEach(append::appendFile);
    append.commit();
    transaction.updateProperties().set(ArchiveLayout.OFFSETS, after.toString()).commit();
    long version = transaction.table().currentSnapshot().sequenceNumber();
    transaction.commitTransaction();
    return new Committed(version);
  }

  /** The records of a file that are not in yet, in a file of their own; none where all are. */
  private List<DataFile> without(OffsetRanges before, String partition, DataFile file)
      throws IOException {
    Integer hour = file.partition().get(1, Integer.class);
    String topic = file.partition().get(0, String.class);
    try (ArchiveFile rest =
        ArchiveFile.create(
            catalog.config().location(RecordArchive.TABLE),
            catalog.config().durability(),
            run,
            topic,
            hour)) {
      RecordFile.read(
          file.location(),
          record -> {
            if (!before.contains(partition, record.offset())) {
              rest.write(record);
            }
          });
      return rest.records() == 0 ? List.of() : List.of(rest.finish());
    }
  }
}
