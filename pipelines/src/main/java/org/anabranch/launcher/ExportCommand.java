package org.anabranch.launcher;

import java.io.IOException;
import java.util.List;
import org.anabranch.lake.ExportTable;
import org.anabranch.lake.ExportTable.Exported;
import org.anabranch.lake.LakeTable;

/** {@code export}: the live rows of a table as plain Parquet files. */
final class ExportCommand implements Command {

  private static final OptionSpec OUTPUT =
      OptionSpec.of(
          "output", "DIR2", "directory of the files; replaced as a whole where it is an export");
  private static final OptionSpec VERSION =
      OptionSpec.of("version", "N", "version to export (default: the current one)");

  @Override
  public String name() {
    return "export";
  }

  @Override
  public String summary() {
    return "write a table as plain Parquet files that any tool can read";
  }

  @Override
  public String usage() {
    return "export TABLE --warehouse=DIR --output=DIR2 [--version=N]";
  }

  @Override
  public List<OptionSpec> options() {
    return List.of(StoredTables.WAREHOUSE, StoredTables.CONFIG, OUTPUT, VERSION);
  }

  @Override
  public void run(CommandLine line, CallContext context) {
    Settings settings = Words.check(this, line, 1);
    String name = line.words().get(0);
    StoredTables stored = StoredTables.open(settings, context);
    LakeTable table =
        settings.find(VERSION) == null
            ? stored.current(name)
            : stored.version(name, settings.wholeNumber(VERSION, 1, Long.MAX_VALUE));
    try {
      Exported exported = ExportTable.export(table, TargetOptions.directory(settings, OUTPUT));
      exported.files().forEach(context.data()::println);
      context
          .err()
          .println(
              "version %d of %s: %d rows, %s"
                  .formatted(
                      table.version(), name, exported.rows(), ByteText.of(exported.bytes())));
    } catch (IllegalArgumentException e) {
      throw new WrongCallException(Reasons.of(e), e);
    } catch (IOException e) {
      throw new RunFailedException("cannot export table '" + name + "': " + Reasons.of(e), e);
    }
  }
}
