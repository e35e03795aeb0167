package org.anabranch.launcher;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.anabranch.lake.BrokenTableException;
import org.anabranch.lake.Lake;
import org.anabranch.lake.ManageTables;

/** {@code reset}: forgets the progress of a job. */
final class ResetCommand implements Command {

  private static final OptionSpec YES =
      OptionSpec.onOff("yes", "do it; without, only what would be done is said");

  @Override
  public String name() {
    return "reset";
  }

  @Override
  public String summary() {
    return "forget how far a job has come, so that its next run reads its topics from their start";
  }

  @Override
  public String usage() {
    return "reset JOB --warehouse=DIR [--yes]";
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
    String job = words.get(0);
    Map<String, Long> progress = tables.progress(job);
    if (progress.isEmpty()) {
      throw new WrongCallException(
          "there is no progress of a job '%s'; jobs: %s"
              .formatted(job, String.join(", ", tables.jobs())));
    }

    if (isSure) {
      tables.reset(job);
    }

    progress.forEach(
        (partition, offset) ->
            context
                .out()
                .println(
                    "%s %s, which was read up to offset %d"
                        .formatted(isSure ? "forgot" : "would forget", partition, offset)));
    if (!isSure) {
      throw new WrongCallException("nothing was done: add --yes to reset job '" + job + "'");
    }
  }
}
