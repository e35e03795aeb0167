package org.anabranch.launcher;

import java.util.List;

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
    return List.of(StoredTables.WAREHOUSE);
  }

  @Override
  public void run(CommandLine line, CallContext context) {
    Settings settings = Words.check(this, line, 1);
    StoredTables.open(settings)
        .current(line.words().get(0))
        .files()
        .forEach(context.out()::println);
  }
}
