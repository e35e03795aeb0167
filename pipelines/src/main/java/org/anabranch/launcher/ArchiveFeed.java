package org.anabranch.launcher;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.anabranch.lake.Archive;
import org.anabranch.lake.Archive.ArchivedFile;
import org.anabranch.lake.ArchiveSelection;
import org.anabranch.lake.Lake;
import org.anabranch.lake.ReadArchive;
import org.anabranch.launcher.Slice.Unit;
import org.anabranch.pipelines.ChangeSource.ArchivedRecords;

/** The archive of a warehouse: one slice, all that is chosen of it. */
final class ArchiveFeed implements Feed {

  private final ReplayOptions options;

  ArchiveFeed(ReplayOptions options) {
    this.options = options;
  }

  @Override
  public Slice everything(Lake target) throws IOException {
    try (Lake lake = Lake.at(options.lake())) {
      Archive archive = Archive.of(lake);
      if (archive == null) {
        throw new RunFailedException(
            "there is no archive in %s: a run of topics with --%s makes one"
                .formatted(options.lake().warehouse(), TargetOptions.ARCHIVE.name()));
      }

      ArchiveSelection selection = options.selection(archive.topics());
      List<ArchivedFile> files = archive.files(selection);
      long records = files.stream().mapToLong(ArchivedFile::records).sum();
      long bytes = files.stream().mapToLong(ArchivedFile::bytes).sum();
      return new Slice(
          new ArchivedRecords(files.stream().map(ArchivedFile::path).toList(), selection),
          records,
          Unit.RECORDS,
          records * TopicFeed.RECORD_BYTES,
          "archive " + Input.describe(files.size(), bytes),
          Map.of());
    }
  }

  @Override
  public long read() {
    return ReadArchive.recordsRead();
  }

  @Override
  public void close() {}
}
