package org.anabranch.lake;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.anabranch.lake.TableHandle.Segment;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.anabranch.transforms.report.TableReport;
import org.apache.iceberg.util.JsonUtil;

/** Paths of the files that a report lists. */
final class FilePaths {

  private FilePaths() {}

  static List<String> of(TableReport report) {
    List<String> paths = new ArrayList<>();
    for (WrittenFile file : report.files()) {
      FileContent content = FileContent.fromJson(file.content());
      content.data().forEach(json -> paths.add(path(json)));
      content.deletes().forEach(json -> paths.add(path(json)));
      content.kept().stream().map(Segment::path).forEach(paths::add);
    }

    return paths;
  }

  private static String path(String json) {
    return JsonUtil.parse(json, (JsonNode node) -> JsonUtil.getString("file-path", node));
  }
}
