package org.anabranch.launcher;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.anabranch.lake.Archive;
import org.anabranch.lake.LakeTable;
import org.anabranch.launcher.TextTable.Align;
import org.anabranch.model.JsonText;
import org.anabranch.transforms.archive.RecordArchive;

/** {@code tables}: what a warehouse holds. */
final class TablesCommand implements Command {

  private static final OptionSpec AS =
      new OptionSpec("as", "table|jsonl", "table", "form of the output (default table)");

  @Override
  public String name() {
    return "tables";
  }

  @Override
  public String summary() {
    return "list the tables of a warehouse";
  }

  @Override
  public String usage() {
    return "tables --warehouse=DIR [--as=table|jsonl]";
  }

  @Override
  public List<OptionSpec> options() {
    return List.of(StoredTables.WAREHOUSE, StoredTables.CONFIG, AS);
  }

  @Override
  public void run(CommandLine line, CallContext context) {
    Settings settings = Words.check(this, line, 0);
    String form = settings.oneOf(AS, List.of("table", "jsonl"));
    StoredTables stored = StoredTables.open(settings, context);
    List<Line> tables = lines(stored);
    if (tables.isEmpty()) {
      context.err().println("there are no tables in " + stored.directory());
    }

    if (form.equals("jsonl")) {
      tables.forEach(table -> context.data().println(table.json()));
      stored.requireWhole();
      return;
    }

    TextTable text =
        new TextTable(
            List.of("table", "rows", "version", "progress", "size", "last commit"),
            List.of(Align.LEFT, Align.RIGHT, Align.RIGHT, Align.LEFT, Align.RIGHT, Align.LEFT));
    tables.forEach(table -> text.add(table.cells()));
    text.flush(context.out());
    stored.requireWhole();
  }

  private static List<Line> lines(StoredTables stored) {
    List<Line> lines = new ArrayList<>();
    stored.all().forEach(table -> lines.add(Line.of(table)));
    Archive archive = stored.archive();
    if (archive != null) {
      lines.add(Line.of(archive));
    }

    lines.sort(Comparator.comparing(Line::table));
    return lines;
  }

  private record Line(
      String table,
      long rows,
      long version,
      String progress,
      long bytes,
      long files,
      long deleteFiles,
      Instant committedAt) {

    static Line of(LakeTable table) {
      return new Line(
          table.table(),
          table.rows(),
          table.version(),
          table.progress(),
          table.bytes(),
          table.dataFileCount(),
          table.deleteFileCount(),
          table.committedAt());
    }

    static Line of(Archive archive) {
      int partitions = archive.offsets().partitions();
      return new Line(
          RecordArchive.TABLE,
          archive.records(),
          archive.version(),
          "records of " + partitions + (partitions == 1 ? " partition" : " partitions"),
          archive.bytes(),
          archive.dataFileCount(),
          0,
          archive.committedAt());
    }

    List<String> cells() {
      return List.of(
          table,
          String.valueOf(rows),
          String.valueOf(version),
          progress,
          ByteText.of(bytes),
          JsonText.timestamp(committedAt.truncatedTo(ChronoUnit.SECONDS)));
    }

    String json() {
      StringBuilder json = new StringBuilder("{\"table\":");
      JsonText.append(json, table);
      json.append(",\"rows\":").append(rows);
      json.append(",\"version\":").append(version);
      JsonText.append(json.append(",\"progress\":"), progress);
      json.append(",\"bytes\":").append(bytes);
      json.append(",\"files\":").append(files);
      json.append(",\"delete_files\":").append(deleteFiles);
      JsonText.append(json.append(",\"last_commit\":"), committedAt);
      return json.append('}').toString();
    }
  }
}
