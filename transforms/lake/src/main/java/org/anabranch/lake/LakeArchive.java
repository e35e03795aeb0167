package org.anabranch.lake;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.anabranch.model.Schema;
import org.anabranch.transforms.archive.LogRecord;
import org.anabranch.transforms.archive.OffsetRanges;
import org.anabranch.transforms.archive.RecordArchive;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.anabranch.transforms.report.TableReport;
import org.apache.iceberg.DataFile;

/**
 * The archive as the workers of one run see it. They write files; the run commits them.
 *
 * @param location directory of the table
 * @param durability of its files
 * @param stored offsets that were in it when the run began
 * @param run part of the names of files
 */
record LakeArchive(String location, Durability durability, OffsetRanges stored, String run)
    implements RecordArchive {

  /** Records come in about the order of their times; more hours at a time are rare. */
  private static final int MAX_OPEN = 4;

  @Override
  public SliceArchive open(String topic, int partition, long start, long end) {
    return new Slice(topic, topic + "/" + partition, start, end);
  }

  private final class Slice implements SliceArchive {

    private final String topic;
    private final String name;
    private final long start;
    private final long end;
    private final List<DataFile> done = new ArrayList<>();

    /** By hour, the one least recently used first. */
    private final LinkedHashMap<Optional<Integer>, ArchiveFile> open =
        new LinkedHashMap<>(MAX_OPEN, 0.75f, true);

    Slice(String topic, String name, long start, long end) {
      this.topic = topic;
      this.name = name;
      this.start = start;
      this.end = end;
    }

    @Override
    public void add(LogRecord record) throws IOException {
      if (stored.contains(name, record.offset())) {
        return;
      }

      Optional<Integer> hour = Optional.ofNullable(ArchiveLayout.hour(record.timestampMillis()));
      ArchiveFile file = open.get(hour);
      if (file == null) {
        if (open.size() == MAX_OPEN) {
          finish(open.keySet().iterator().next());
        }

        file = ArchiveFile.create(location, durability, run, topic, hour.orElse(null));
        open.put(hour, file);
      }

      file.write(record);
    }

    private void finish(Optional<Integer> hour) throws IOException {
      // Stays among the open ones until it is complete, so that it is closed whatever happens.
      done.add(Objects.requireNonNull(open.get(hour)).finish());
      open.remove(hour);
    }

    @Override
    public TableReport finish() throws IOException {
      for (Optional<Integer> hour : List.copyOf(open.keySet())) {
        finish(hour);
      }

      ArchivedSlice slice = new ArchivedSlice(name, start, end, done);
      List<WrittenFile> files = slice.isIn(stored) ? List.of() : List.of(slice.toWritten());
      long written = files.stream().mapToLong(WrittenFile::rows).sum();
      return new TableReport(
          TABLE, List.of(), Schema.EMPTY, files, Map.of(TableReport.WRITTEN, written));
    }

    @Override
    public void close() throws IOException {
      IOException failure = null;
      for (Closeable file : open.values()) {
        try {
          file.close();
        } catch (IOException e) {
          failure = e;
        }
      }

      open.clear();
      if (failure != null) {
        throw failure;
      }
    }
  }
}
