package org.anabranch.launcher;

import java.time.temporal.ChronoUnit;
import java.util.List;
import org.anabranch.lake.LakeTable;
import org.anabranch.launcher.TextTable.Align;
import org.anabranch.model.JsonText;

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
    return List.of(StoredTables.WAREHOUSE, AS);
  }

  @Override
  public void run(CommandLine line, CallContext context) {
    Settings settings = Words.check(this, line, 0);
    String form = settings.oneOf(AS, List.of("table", "jsonl"));
    StoredTables stored = StoredTables.open(settings);
    List<LakeTable> tables = stored.all();
    if (tables.isEmpty()) {
      context.err().println("there are no tables in " + stored.directory());
    }

    if (form.equals("jsonl")) {
      tables.forEach(table -> context.out().println(json(table)));
      return;
    }

    TextTable text =
        new TextTable(
            List.of("table", "rows", "version", "progress", "size", "last commit"),
            List.of(Align.LEFT, Align.RIGHT, Align.RIGHT, Align.LEFT, Align.RIGHT, Align.LEFT));
    tables.forEach(table -> text.add(cells(table)));
    text.flush(context.out());
  }

  private static List<String> cells(LakeTable table) {
    return List.of(
        table.table(),
        String.valueOf(table.rows()),
        String.valueOf(table.version()),
        table.progress(),
        ByteText.of(table.bytes()),
        JsonText.timestamp(table.committedAt().truncatedTo(ChronoUnit.SECONDS)));
  }

  private static String json(LakeTable table) {
    StringBuilder json = new StringBuilder("{\"table\":");
    JsonText.append(json, table.table());
    json.append(",\"rows\":").append(table.rows());
    json.append(",\"version\":").append(table.version());
    JsonText.append(json.append(",\"progress\":"), table.progress());
    json.append(",\"bytes\":").append(table.bytes());
    json.append(",\"files\":").append(table.dataFileCount());
    json.append(",\"delete_files\":").append(table.deleteFileCount());
    JsonText.append(json.append(",\"last_commit\":"), table.committedAt());
    return json.append('}').toString();
  }
}
