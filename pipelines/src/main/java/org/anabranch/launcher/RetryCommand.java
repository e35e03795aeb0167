package org.anabranch.launcher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.anabranch.lake.BrokenTableException;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeRows;
import org.anabranch.lake.LakeTable;
import org.anabranch.transforms.parse.DeadLetter;
import org.anabranch.transforms.parse.DeadLetterReason;
import org.anabranch.transforms.parse.DeadLetters;
import org.anabranch.transforms.retry.RetrySelection;
import org.jspecify.annotations.Nullable;

/** {@code retry}: reads dead letters again, after a declaration has changed, or corrected. */
final class RetryCommand implements Command {

  private static final OptionSpec REASON =
      OptionSpec.of(
          "reason", "REASON", "only dead letters of this reason, e.g. wrong-type (default: all)");

  private static final OptionSpec FIXED =
      OptionSpec.of(
          "fixed",
          "FILE",
          "only these dead letters, corrected: JSON lines with log, partition, offset and, as an object or text, value");

  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public String name() {
    return "retry";
  }

  @Override
  public String summary() {
    return "read dead letters again, at their original places, and mark what goes through as resolved";
  }

  @Override
  public String usage() {
    return "retry [PIPELINE] --warehouse=DIR [--reason=REASON] [--fixed=FILE] [the options of run]";
  }

  @Override
  public boolean looksForPipelines() {
    return true;
  }

  @Override
  public List<OptionSpec> options() {
    List<OptionSpec> options = new ArrayList<>(List.of(StoredTables.WAREHOUSE, REASON, FIXED));
    options.addAll(
        RunOptions.ALL.stream()
            .filter(option -> !option.name().equals(StoredTables.WAREHOUSE.name()))
            .toList());
    return options;
  }

  @Override
  public void run(CommandLine line, CallContext context) {
    Map<String, Given> options = new LinkedHashMap<>(line.options());
    Given reason = options.remove(REASON.name());
    Given fixed = options.remove(FIXED.name());
    Given warehouse = options.get(StoredTables.WAREHOUSE.name());
    if (warehouse == null) {
      throw new WrongCallException("--warehouse=DIR is missing: " + StoredTables.WAREHOUSE.help());
    }

    // Reads no input: like a replay, of what the warehouse itself holds.
    options.put(
        ReplayOptions.REPLAY.name(),
        Given.onCommandLine(ReplayOptions.REPLAY.name(), warehouse.value()));
    List<String> words = line.words().isEmpty() ? List.of(ReplicateDefinition.NAME) : line.words();
    RunCall call = RunCall.parse(name(), new CommandLine(words, options), context);
    RetrySelection selection =
        new RetrySelection(reason(reason), fixed == null ? Map.of() : corrections(fixed));
    long chosen = chosen(call, selection, fixed != null, context);
    if (chosen == 0) {
      context.err().println("there is no open dead letter to retry; nothing was run");
      return;
    }

    new Launch(call, context).run(new RetryFeed(selection, chosen));
  }

  private static String reason(@Nullable Given given) {
    if (given == null) {
      return "";
    }

    List<String> codes = new ArrayList<>();
    for (DeadLetterReason reason : DeadLetterReason.values()) {
      codes.add(reason.code());
    }

    String code = given.value() == null ? "" : given.value();
    if (!codes.contains(code)) {
      throw new WrongCallException(
          "--reason must be one of %s, but was: %s".formatted(String.join(", ", codes), code));
    }

    return code;
  }

  /** Corrected records by the places of the dead letters. */
  private static Map<String, String> corrections(Given given) {
    Map<String, String> corrections = new TreeMap<>();
    String name = given.value() == null ? "" : given.value();
    try {
      int number = 0;
      for (String text : Files.readAllLines(Path.of(name), StandardCharsets.UTF_8)) {
        number++;
        if (!text.isBlank()) {
          correction(text, name + ":" + number, corrections);
        }
      }
    } catch (IOException e) {
      throw new WrongCallException("--fixed: " + Reasons.of(e), e);
    }

    if (corrections.isEmpty()) {
      throw new WrongCallException("--fixed: there is no record in " + name);
    }

    return corrections;
  }

  private static void correction(String text, String place, Map<String, String> corrections) {
    JsonNode json;
    try {
      json = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new WrongCallException("--fixed: " + place + " is no JSON", e);
    }

    JsonNode value = json.get("value");
    boolean isWhole =
        json.path("log").isTextual()
            && json.path("offset").isIntegralNumber()
            && value != null
            && (value.isTextual() || value.isObject());
    if (!isWhole) {
      throw new WrongCallException(
          "--fixed: %s must have log, partition (0 if left out), offset, and value, an object or a text"
              .formatted(place));
    }

    corrections.put(
        RetrySelection.place(
            json.get("log").textValue(),
            json.path("partition").asLong(0),
            json.get("offset").longValue()),
        value.isTextual() ? value.textValue() : value.toString());
  }

  /** How many dead letters are chosen; says which cannot be. */
  private static long chosen(
      RunCall call, RetrySelection selection, boolean areCorrected, CallContext context) {
    long chosen = 0;
    long cut = 0;
    Set<String> unknown = new TreeSet<>(selection.corrections().keySet());
    try (Lake lake = Lake.at(call.target().lake())) {
      LakeTable table = lake.table(DeadLetters.TABLE);
      try (LakeRows rows = table.openRows()) {
        while (rows.next()) {
          DeadLetter letter = letter(rows);
          unknown.remove(RetrySelection.place(letter.log(), letter.partition(), letter.offset()));
          chosen += selection.contains(letter) ? 1 : 0;
          cut += letter.isOpen() && !letter.isWhole() && !areCorrected ? 1 : 0;
        }
      }
    } catch (IllegalArgumentException e) {
      throw new WrongCallException(Reasons.of(e), e);
    } catch (BrokenTableException | IOException e) {
      throw new RunFailedException("cannot read the dead letters: " + Reasons.of(e), e);
    }

    if (!unknown.isEmpty()) {
      throw new WrongCallException(
          "--fixed: there is no dead letter at " + unknown.iterator().next());
    }

    if (cut > 0) {
      context
          .err()
          .println(
              "note: of %d dead letters only the beginning is kept: give them whole with --fixed"
                  .formatted(cut));
    }

    return chosen;
  }

  private static DeadLetter letter(LakeRows rows) throws IOException {
    List<@Nullable Object> row = rows.row();
    List<@Nullable Object> values = new ArrayList<>();
    for (String column : DeadLetters.COLUMNS) {
      int at = rows.columns().indexOf(column);
      values.add(at < 0 ? null : row.get(at));
    }

    return new DeadLetter(values);
  }
}
