package org.anabranch.launcher;

import java.util.List;
import org.anabranch.lake.Archive;
import org.anabranch.lake.LakeTable;
import org.anabranch.transforms.archive.RecordArchive;

/** {@code files}: the data files of a table, for engines that read Parquet. */
final class FilesCommand implements Command {

  @Override
  public String name() {
    return "files";
  }

  @Override
  public String summary() {
    return "list the Parquet files of a table's current version, one path per line";
  }

  @Override
  public String usage() {
    return "files TABLE --warehouse=DIR";
  }

  @Override
  public List<OptionSpec> options() {
    return List.of(StoredTables.WAREHOUSE, StoredTables.CONFIG);
  }

  @Override
  public void run(CommandLine line, CallContext context) {
    Settings settings = Words.check(this, line, 1);
    StoredTables stored = StoredTables.open(settings, context);
    String name = line.words().get(0);
    Archive archive = name.equals(RecordArchive.TABLE) ? stored.archive() : null;
    if (archive != null) {
      archive.dataFiles().forEach(context.data()::println);
      return;
    }

    LakeTable table = stored.current(name);
    table.dataFiles().forEach(context.data()::println);
    if (table.deleteFileCount() > 0) {
      context
          .err()
          .println(
              table.deleteFileCount()
                  + " delete files say which rows of these files are gone; for plain Parquet use:"
                  + " anabranch export "
                  + table.table()
                  + " --warehouse=DIR --output=DIR2");
    }
  }
}
