package org.anabranch.lake;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.anabranch.transforms.archive.OffsetRanges;
import org.anabranch.transforms.archive.RecordArchive;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.anabranch.transforms.report.TableReport;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.util.JsonUtil;

/**
 * A slice of a partition that a worker has archived: its offsets, and the files with those of its
 * records that the archive did not have when the run began.
 *
 * @param partition {@code TOPIC/PARTITION}
 */
record ArchivedSlice(String partition, long start, long end, List<DataFile> files) {

  ArchivedSlice {
    files = List.copyOf(files);
  }

  /** The slices of a report. */
  static List<ArchivedSlice> of(TableReport report) {
    return report.files().stream()
        .map(file -> JsonUtil.parse(file.content(), ArchivedSlice::read))
        .toList();
  }

  private static ArchivedSlice read(JsonNode json) {
    List<DataFile> files = new ArrayList<>();
    for (JsonNode file : JsonUtil.get("files", json)) {
      files.add(
          (DataFile)
              ContentFileParser.fromJson(
                  file, Map.of(ArchiveLayout.SPEC.specId(), ArchiveLayout.SPEC)));
    }

    return new ArchivedSlice(
        JsonUtil.getString("partition", json),
        JsonUtil.getLong("start", json),
        JsonUtil.getLong("end", json),
        files);
  }

  WrittenFile toWritten() {
    String content =
        JsonUtil.generate(
            json -> {
              json.writeStartObject();
              json.writeStringField("partition", partition);
              json.writeNumberField("start", start);
              json.writeNumberField("end", end);
              json.writeArrayFieldStart("files");
              for (DataFile file : files) {
                json.writeRawValue(ContentFileParser.toJson(file, ArchiveLayout.SPEC));
              }

              json.writeEndArray();
              json.writeEndObject();
            },
            false);
    return new WrittenFile(
        RecordArchive.TABLE,
        BucketFiles.NO_BUCKET,
        content,
        files.stream().mapToLong(DataFile::recordCount).sum(),
        files.stream().mapToLong(DataFile::fileSizeInBytes).sum());
  }

  boolean isIn(OffsetRanges offsets) {
    return offsets.containsAll(partition, start, end);
  }
}
