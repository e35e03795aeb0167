package org.anabranch.launcher;

import java.io.IOException;
import java.util.List;
import org.anabranch.lake.BrokenTableException;
import org.anabranch.lake.Lake;
import org.anabranch.lake.ManageTables;
import org.anabranch.lake.ManageTables.Extent;

/** {@code drop}: deletes a table. */
final class DropCommand implements Command {

  private static final OptionSpec YES =
      OptionSpec.onOff("yes", "do it; without, only what would be done is said");

  @Override
  public String name() {
    return "drop";
  }

  @Override
  public String summary() {
    return "delete a table with all its versions; without --yes only say what that would be";
  }

  @Override
  public String usage() {
    return "drop TABLE --warehouse=DIR [--yes]";
  }

  @Override
  public List<OptionSpec> options() {
    return List.of(StoredTables.WAREHOUSE, StoredTables.CONFIG, YES);
  }

  @Override
  public void run(CommandLine line, CallContext context) {
    Settings settings = Words.check(this, line, 1);
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
    Extent extent = isSure ? tables.drop(table) : tables.extent(table);
    context
        .out()
        .println(
            "%s table %s: %d files, %s"
                .formatted(
                    isSure ? "dropped" : "would drop",
                    table,
                    extent.files(),
                    ByteText.of(extent.bytes())));
    extent.foreign().forEach(file -> context.out().println("not ours, stays: " + file));
    if (!isSure) {
      throw new WrongCallException("nothing was done: add --yes to drop table '" + table + "'");
    }
  }
}
