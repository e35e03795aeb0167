package org.anabranch.launcher;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.anabranch.lake.Archive;
import org.anabranch.lake.LakeTable;
import org.anabranch.launcher.TextTable.Align;
import org.anabranch.model.JsonText;
import org.anabranch.model.Values;
import org.anabranch.transforms.archive.RecordArchive;
import org.jspecify.annotations.Nullable;

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
            List.of(
                "table",
                "rows",
                "version",
                "progress",
                "size",
                "last commit",
                "read to",
                "newest event",
                "age",
                "behind"),
            List.of(
                Align.LEFT,
                Align.RIGHT,
                Align.RIGHT,
                Align.LEFT,
                Align.RIGHT,
                Align.LEFT,
                Align.LEFT,
                Align.LEFT,
                Align.RIGHT,
                Align.LEFT));
    tables.forEach(table -> text.add(table.cells()));
    text.flush(context.out());
    stored.requireWhole();
  }

  private static List<Line> lines(StoredTables stored) {
    List<Line> lines = new ArrayList<>();
    stored.all().forEach(table -> lines.add(Line.of(table, stored.behind(table))));
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
      Instant committedAt,
      Map<String, Long> places,
      @Nullable Map<String, Integer> behind) {

    private static final String LOG = "log:";

    /** Files have absolute paths; how far they were read is known: to their ends. */
    private static final String FILE = "log:/";

    private static final String SOURCE = "source:";
    private static final int MOST_SHOWN = 2;

    /** Offset behind the last change of each partition that is in. */
    Map<String, Long> offsets() {
      Map<String, Long> offsets = new TreeMap<>();
      places.forEach(
          (place, at) -> {
            if (place.startsWith(LOG) && !place.startsWith(FILE)) {
              offsets.put(place.substring(LOG.length()), at);
            }
          });
      return offsets;
    }

    /** Time of the newest change of any source; null where none is known. */
    @Nullable Instant newestEvent() {
      return places.entrySet().stream()
          .filter(place -> place.getKey().startsWith(SOURCE))
          .map(Map.Entry::getValue)
          .max(Comparator.naturalOrder())
          .filter(micros -> micros > 0)
          .map(Values::instant)
          .orElse(null);
    }

    private String readTo() {
      Map<String, Long> offsets = offsets();
      String shown =
          offsets.entrySet().stream()
              .limit(MOST_SHOWN)
              .map(place -> place.getKey() + ":" + place.getValue())
              .collect(Collectors.joining(", "));
      int more = offsets.size() - MOST_SHOWN;
      return more > 0 ? shown + ", and " + more + " more" : shown;
    }

    private static String age(@Nullable Instant event) {
      if (event == null) {
        return "";
      }

      Duration age = Duration.between(event, Instant.now());
      if (age.isNegative()) {
        return "in the future";
      }

      return age.toDays() > 0
          ? age.toDays() + "d " + age.toHoursPart() + "h"
          : age.toHours() > 0
              ? age.toHours() + "h " + age.toMinutesPart() + "m"
              : age.toMinutes() + "m " + age.toSecondsPart() + "s";
    }

    static Line of(LakeTable table, @Nullable Map<String, Integer> behind) {
      return new Line(
          table.table(),
          table.rows(),
          table.version(),
          table.progress(),
          table.bytes(),
          table.dataFileCount(),
          table.deleteFileCount(),
          table.committedAt(),
          table.places(),
          behind);
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
          archive.committedAt(),
          Map.of(),
          null);
    }

    /** Versions of its inputs that a computed table does not have yet. */
    private String behindInputs() {
      return behind == null
          ? ""
          : behind.entrySet().stream()
              .map(input -> input.getKey() + ": " + input.getValue())
              .collect(Collectors.joining(", "));
    }

    List<String> cells() {
      Instant event = newestEvent();
      return List.of(
          table,
          String.valueOf(rows),
          String.valueOf(version),
          progress,
          ByteText.of(bytes),
          JsonText.timestamp(committedAt.truncatedTo(ChronoUnit.SECONDS)),
          readTo(),
          event == null ? "" : JsonText.timestamp(event.truncatedTo(ChronoUnit.SECONDS)),
          age(event),
          behindInputs());
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
      json.append(",\"read_to\":{");
      String comma = "";
      for (Map.Entry<String, Long> place : offsets().entrySet()) {
        JsonText.append(json.append(comma), place.getKey());
        json.append(':').append(place.getValue());
        comma = ",";
      }

      Instant event = newestEvent();
      json.append("},\"newest_event\":");
      JsonText.append(json, event);
      json.append(",\"behind\":");
      if (behind == null) {
        return json.append("null}").toString();
      }

      comma = "{";
      for (Map.Entry<String, Integer> input : behind.entrySet()) {
        JsonText.append(json.append(comma), input.getKey());
        json.append(':').append(input.getValue());
        comma = ",";
      }

      return json.append(behind.isEmpty() ? "{}}" : "}}").toString();
    }
  }
}
