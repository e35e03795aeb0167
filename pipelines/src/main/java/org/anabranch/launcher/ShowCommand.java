package org.anabranch.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.anabranch.lake.LakeRows;
import org.anabranch.lake.LakeTable;
import org.jspecify.annotations.Nullable;

/** {@code show}: the rows of a table, ordered by key. */
final class ShowCommand implements Command {

  private static final OptionSpec AS =
      new OptionSpec("as", "jsonl|csv|table", "table", "form of the output (default table)");
  private static final OptionSpec VERSION =
      OptionSpec.of("version", "N", "version to show (default: the current one)");
  private static final OptionSpec AS_OF =
      OptionSpec.of(
          "as-of", "TIME", "the version that was current then, e.g. 2026-11-24T20:00:00Z");
  private static final OptionSpec LIMIT =
      OptionSpec.of("limit", "N", "at most so many rows (default: all)");
  private static final OptionSpec METADATA =
      OptionSpec.onOff("metadata", "show columns that begin with _ab_ too");

  private static final String METADATA_PREFIX = "_ab_";

  /** Rows after which a reader that has gone away, such as head, is noticed. */
  private static final int ROWS_BETWEEN_LOOKS = 1000;

  @Override
  public String name() {
    return "show";
  }

  @Override
  public String summary() {
    return "print the rows of a table, ordered by key";
  }

  @Override
  public String usage() {
    return "show TABLE --warehouse=DIR [--as=jsonl|csv|table] [--version=N | --as-of=TIME]"
        + " [--limit=N]";
  }

  @Override
  public List<OptionSpec> options() {
    return List.of(
        StoredTables.WAREHOUSE, StoredTables.CONFIG, AS, VERSION, AS_OF, LIMIT, METADATA);
  }

  @Override
  public void run(CommandLine line, CallContext context) {
    Settings settings = Words.check(this, line, 1);
    String form = settings.oneOf(AS, RowPrinter.FORMS);
    long limit =
        settings.find(LIMIT) == null
            ? Long.MAX_VALUE
            : settings.wholeNumber(LIMIT, 0, Long.MAX_VALUE);
    boolean withMetadata = settings.isOn(METADATA);
    boolean isCurrent = settings.find(VERSION) == null;
    long version = isCurrent ? 0 : settings.wholeNumber(VERSION, 1, Long.MAX_VALUE);
    StoredTables stored = StoredTables.open(settings, context);
    String name = line.words().get(0);
    LakeTable table = isCurrent ? stored.current(name) : stored.version(name, version);
    String asOf = settings.find(AS_OF);
    if (asOf != null && !isCurrent) {
      throw settings.wrong(AS_OF, "and --version exclude each other");
    }

    if (asOf != null) {
      table = stored.asOf(name, time(settings, asOf));
    }

    try (LakeRows rows = table.openRows()) {
      int[] shown = shown(rows.columns(), withMetadata);
      List<String> columns = IntStream.of(shown).mapToObj(rows.columns()::get).toList();
      PrintStream out = form.equals(RowPrinter.TABLE) ? context.out() : context.data();
      print(rows, shown, limit, RowPrinter.of(form, columns, out), out);
    } catch (IOException e) {
      throw stored.unreadable(e);
    }
  }

  private static Instant time(Settings settings, String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw settings.wrong(AS_OF, "must be a time such as 2026-11-24T20:00:00Z, but was: " + text);
    }
  }

  private static int[] shown(List<String> columns, boolean withMetadata) {
    return IntStream.range(0, columns.size())
        .filter(i -> withMetadata || !columns.get(i).startsWith(METADATA_PREFIX))
        .toArray();
  }

  private static void print(
      LakeRows rows, int[] shown, long limit, RowPrinter printer, PrintStream out)
      throws IOException {
    for (long count = 0; count < limit && rows.next(); count++) {
      List<@Nullable Object> row = rows.row();
      List<@Nullable Object> values = new ArrayList<>(shown.length);
      for (int column : shown) {
        values.add(row.get(column));
      }

      printer.print(values);
      if (count % ROWS_BETWEEN_LOOKS == 0 && out.checkError()) {
        return;
      }
    }

    printer.finish();
  }
}
