package org.anabranch.launcher;

import java.io.IOException;
import java.util.List;
import org.anabranch.lake.BrokenTableException;
import org.anabranch.lake.Lake;
import org.anabranch.lake.ManageTables;
import org.anabranch.lake.ManageTables.Extent;

/** {@code rename}: gives a table another name. */
final class RenameCommand implements Command {

  private static final OptionSpec YES =
      OptionSpec.onOff("yes", "do it; without, only what would be done is said");

  @Override
  public String name() {
    return "rename";
  }

  @Override
  public String summary() {
    return "give a table, and its history, another name";
  }

  @Override
  public String usage() {
    return "rename TABLE NEW --warehouse=DIR [--yes]";
  }

  @Override
  public List<OptionSpec> options() {
    return List.of(StoredTables.WAREHOUSE, StoredTables.CONFIG, YES);
  }

  @Override
  public void run(CommandLine line, CallContext context) {
    Settings settings = Words.check(this, line, 2);
    boolean isSure = settings.isOn(YES);
    StoredTables stored = StoredTables.open(settings, context);
    try (Lake lake = stored.lake()) {
      run(ManageTables.of(lake), line.words(), isSure, context);
    } catch (BrokenTableException e) {
      throw new RunFailedException(Reasons.of(e), e);
    } catch (IllegalArgumentException e) {
      throw new WrongCallException(Reasons.ofMessage(e), e);
    } catch (IOException e) {
      throw stored.unreadable(e);
    }
  }

  private static void run(
      ManageTables tables, List<String> words, boolean isSure, CallContext context)
      throws IOException {
    String table = words.get(0);
    String name = words.get(1);
    if (!isSure) {
      Extent extent = tables.extent(table);
      context
          .out()
          .println(
              "would rename table %s to %s, with its history if it has one: %d files, %s; its present version is kept, older ones are not"
                  .formatted(table, name, extent.files(), ByteText.of(extent.bytes())));
      throw new WrongCallException("nothing was done: add --yes to rename table '" + table + "'");
    }

    tables.rename(table, name).forEach(to -> context.out().println("there is now table " + to));
  }
}
