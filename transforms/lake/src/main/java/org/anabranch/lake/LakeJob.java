package org.anabranch.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.anabranch.model.Stable;
import org.anabranch.transforms.source.Job;
import org.jspecify.annotations.Nullable;

/**
 * A job of a lake; made by {@link LakeIO#job}. Its source reads what is not in the tables yet, and
 * its upsert commits how far that is, together with the changes:
 *
 * <pre>{@code
 * LakeJob job = LakeIO.job(LakeConfig.at("/lake/shop"), "shop");
 * pipeline
 *     .apply(KafkaChangesIO.read().withBootstrapServers(servers).withTopics("orders").forJob(job))
 *     .apply(ParseChanges.debeziumJson())
 *     .apply(LakeIO.upsert().into(job));
 * }</pre>
 *
 * <p>The same names stand for the same progress in the launcher, as {@code --job}: either can go on
 * where the other has ended. A pipeline that fails has read nothing. Not thread-safe.
 */
@Stable
public final class LakeJob implements Job {

  private final LakeConfig lake;
  private final String name;
  private @Nullable Progress progress;

  LakeJob(LakeConfig lake, String name) {
    if (name.isBlank() || name.contains("/")) {
      throw new IllegalArgumentException(
          "a job's name must be a name without '/', but was: " + name);
    }

    this.lake = lake;
    this.name = name;
  }

  LakeConfig lake() {
    return lake;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Map<String, Long> places() {
    try (Lake opened = Lake.at(lake)) {
      return opened.places();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void reads(Map<String, Long> places, String text) {
    progress = new Progress(Map.of(), places, text);
  }

  /**
   * What is committed with the tables of the pipeline that is being built.
   *
   * @throws IllegalStateException where no source reads anything for the job
   */
  Progress takeProgress() {
    Progress taken = progress;
    if (taken == null) {
      throw new IllegalStateException(
          "job '%s' reads nothing: its source needs KafkaChangesIO.read().forJob(job)"
              .formatted(name));
    }

    progress = null;
    return taken;
  }
}
