package org.anabranch.launcher;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.anabranch.lake.ArchiveSelection;
import org.anabranch.lake.LakeConfig;
import org.jspecify.annotations.Nullable;

/**
 * Options of runs that read the archive of a warehouse.
 *
 * @param lake whose archive is read
 * @param topics names, or a pattern between slashes; null: all
 * @param from first time of a record; null: any
 * @param to time before which records are; null: any
 */
record ReplayOptions(
    LakeConfig lake, @Nullable String topics, @Nullable Instant from, @Nullable Instant to) {

  static final OptionSpec REPLAY =
      OptionSpec.of(
          "replay",
          "DIR",
          "read the archive of this warehouse, made with --archive, instead of topics; --topics,"
              + " --from and --to (instants) choose from it");

  private static final String EARLIEST = "earliest";

  /**
   * Reads the options; null where no archive is read.
   *
   * @param target of the run: its archive may be the one that is read
   */
  static @Nullable ReplayOptions parse(Settings settings, LakeConfig target, Mode mode) {
    if (!settings.isGiven(REPLAY)) {
      return null;
    }

    if (mode != Mode.BATCH) {
      throw settings.wrong(REPLAY, "is one batch: use --mode=batch");
    }

    for (OptionSpec other : Set.of(TopicOptions.BOOTSTRAP_SERVERS, TargetOptions.ARCHIVE)) {
      if (settings.isGiven(other)) {
        throw settings.wrong(
            REPLAY, "and --" + other.name() + " exclude each other: the records are there already");
      }
    }

    Path directory = TargetOptions.directory(settings, REPLAY);
    boolean isSame = directory.equals(target.warehouse());
    String from = settings.find(TopicOptions.FROM);
    return new ReplayOptions(
        isSame ? target : TargetOptions.lake(directory, Map.of()),
        settings.find(TopicOptions.TOPICS),
        from == null || from.equals(EARLIEST) ? null : instant(settings, TopicOptions.FROM),
        settings.find(TopicOptions.TO) == null ? null : instant(settings, TopicOptions.TO));
  }

  private static Instant instant(Settings settings, OptionSpec option) {
    String text = settings.text(option);
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw settings.wrong(
          option,
          "of an archive must be an instant such as 2026-11-24T20:00:00Z, but was: " + text);
    }
  }

  /**
   * The records that are chosen.
   *
   * @param archived topics that are in the archive
   * @throws RunFailedException where none of them is chosen
   */
  ArchiveSelection selection(Set<String> archived) {
    Set<String> chosen =
        archived.stream().filter(matcher()).collect(Collectors.toCollection(TreeSet::new));
    if (chosen.isEmpty()) {
      throw new RunFailedException(
          "the archive in %s has no topic %s; it has: %s"
              .formatted(lake.warehouse(), topics, String.join(", ", archived)));
    }

    return new ArchiveSelection(chosen, from, to);
  }

  private Predicate<String> matcher() {
    String text = topics;
    if (text == null) {
      return topic -> true;
    }

    boolean isPattern = text.length() > 1 && text.startsWith("/") && text.endsWith("/");
    if (!isPattern) {
      return Set.of(text.split(","))::contains;
    }

    try {
      return Pattern.compile(text.substring(1, text.length() - 1)).asMatchPredicate();
    } catch (PatternSyntaxException e) {
      throw new WrongCallException(
          "--topics: is no regular expression: " + e.getDescription() + ": " + text, e);
    }
  }
}
