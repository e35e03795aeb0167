package org.anabranch.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.anabranch.lake.BrokenTableException;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.MoveTables;
import org.anabranch.lake.MoveTables.MovedTable;
import org.anabranch.launcher.TextTable.Align;

/** {@code move}: makes a warehouse whole whose directory was moved or copied. */
final class MoveCommand implements Command {

  private static final OptionSpec WAREHOUSE =
      OptionSpec.of("warehouse", "DIR", "the same as NEW; need not be given");

  @Override
  public String name() {
    return "move";
  }

  @Override
  public String summary() {
    return "make a warehouse whole whose directory was moved or copied from OLD to NEW";
  }

  @Override
  public String usage() {
    return "move OLD NEW [--config=FILE.yaml]";
  }

  @Override
  public List<OptionSpec> options() {
    return List.of(WAREHOUSE, StoredTables.CONFIG);
  }

  @Override
  public void run(CommandLine line, CallContext context) {
    Settings settings = Words.check(this, line, 2);
    Path old = path(line.words().get(0));
    Path here = path(line.words().get(1));
    if (settings.find(WAREHOUSE) != null
        && !TargetOptions.directory(settings, WAREHOUSE).equals(here)) {
      throw settings.wrong(WAREHOUSE, "must be NEW, which is " + here);
    }

    if (old.equals(here)) {
      throw new WrongCallException("OLD and NEW must differ, but both are " + old);
    }

    if (!Files.isDirectory(here)) {
      throw new WrongCallException(
          "there is no directory %s: move or copy the warehouse there first, then call this (mv %s %s)"
              .formatted(here, old, here));
    }

    String file = settings.find(StoredTables.CONFIG);
    Map<String, String> catalog = file == null ? Map.of() : RunFile.catalog(Path.of(file), context);
    move(TargetOptions.lake(here, catalog), old, context);
  }

  private static void move(LakeConfig config, Path old, CallContext context) {
    try {
      List<MovedTable> moved =
          MoveTables.run(config, old.toString(), note -> context.err().println("note: " + note));
      TextTable text =
          new TextTable(
              List.of("table", "version", "rows", "files", ""),
              List.of(Align.LEFT, Align.RIGHT, Align.RIGHT, Align.RIGHT, Align.LEFT));
      for (MovedTable table : moved) {
        text.add(
            List.of(
                table.table(),
                String.valueOf(table.version()),
                String.valueOf(table.rows()),
                String.valueOf(table.files()),
                table.wasWhole() ? "was whole" : "made whole"));
      }

      text.flush(context.out());
      if (moved.isEmpty()) {
        context.err().println("there are no tables in " + config.warehouse());
      }
    } catch (IllegalArgumentException e) {
      throw new WrongCallException(Reasons.ofMessage(e), e);
    } catch (BrokenTableException | IOException e) {
      throw new RunFailedException("cannot move the warehouse: " + Reasons.of(e), e);
    }
  }

  private static Path path(String text) {
    try {
      return Path.of(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new WrongCallException("OLD and NEW must be directories, but was: " + text, e);
    }
  }
}
