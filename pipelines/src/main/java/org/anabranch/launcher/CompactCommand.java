package org.anabranch.launcher;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.lake.CompactArchive;
import org.anabranch.lake.CompactTables;
import org.anabranch.lake.Lake;
import org.anabranch.lake.RunPipeline;
import org.anabranch.lake.UpkeepReport;
import org.anabranch.lake.UpkeepSettings;
import org.anabranch.launcher.TextTable.Align;
import org.anabranch.transforms.archive.RecordArchive;

/** {@code compact}: removes what no reader and no run needs any more. */
final class CompactCommand implements Command {

  private static final OptionSpec KEEP_VERSIONS = TargetOptions.KEEP_VERSIONS;

  @Override
  public String name() {
    return "compact";
  }

  @Override
  public String summary() {
    return "make tables smaller with the same rows: files, deletes, old versions, leftovers";
  }

  @Override
  public String usage() {
    return "compact --warehouse=DIR [--keep-versions=N] [--tombstone-retention=7d]";
  }

  @Override
  public List<OptionSpec> options() {
    return List.of(
        StoredTables.WAREHOUSE,
        StoredTables.CONFIG,
        KEEP_VERSIONS,
        TargetOptions.TOMBSTONE_RETENTION);
  }

  static UpkeepSettings settings(int keepVersions) {
    return new UpkeepSettings(keepVersions, Duration.ZERO);
  }

  @Override
  public void run(CommandLine line, CallContext context) {
    Settings settings = Words.check(this, line, 0);
    int keep = (int) settings.wholeNumber(KEEP_VERSIONS, 1, 1_000_000);
    StoredTables stored = StoredTables.open(settings, context);
    try (Lake lake = stored.lake()) {
      UnfinishedRuns.finish(lake, RunPipeline.NONE, context.err());
      Map<String, Integer> compacted =
          new TreeMap<>(CompactTables.run(lake, TargetOptions.retention(settings)));
      compacted.put(RecordArchive.TABLE, CompactArchive.run(lake));
      TextTable text =
          new TextTable(
              List.of("table", "compacted", "expired versions", "removed files", "freed"),
              List.of(Align.LEFT, Align.RIGHT, Align.RIGHT, Align.RIGHT, Align.RIGHT));
      for (UpkeepReport report : lake.compact(settings(keep))) {
        text.add(
            List.of(
                report.table(),
                String.valueOf(compacted.getOrDefault(report.table(), 0)),
                String.valueOf(report.expiredVersions()),
                String.valueOf(report.removedFiles()),
                ByteText.of(report.removedBytes())));
      }

      text.flush(context.out());
    } catch (IOException e) {
      throw stored.unreadable(e);
    }
  }
}
