package org.anabranch.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.anabranch.model.Internal;
import org.anabranch.transforms.merge.PerRun.RunScope;
import org.anabranch.transforms.merge.PerRun.Runs;
import org.anabranch.transforms.merge.RunWindow;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * Finds the runs of an unbounded pipeline by their windows, as each of its workers needs them: what
 * a run builds on lies in its directory. Read once per JVM.
 */
@Internal
public final class LakeRuns implements Runs {

  private static final long serialVersionUID = 1;
  private static final int KNOWN_RUNS = 16;
  private static final Cached<Run, Optional<RunScope>> CACHE =
      new Cached<>(KNOWN_RUNS, LakeRuns::read);

  private record Run(LakeConfig config, String id) {}

  private final LakeConfig config;

  public LakeRuns(LakeConfig config) {
    this.config = config;
  }

  @Override
  public @Nullable RunScope find(BoundedWindow window) {
    return CACHE.get(new Run(config, ((RunWindow) window).run())).orElse(null);
  }

  /** Empty where the run has ended: its directory went with it. */
  private static Optional<RunScope> read(Run run) {
    Storage directory = RunDirectory.of(run.config(), run.id());
    try {
      RunBase base = RunBase.readIfThere(directory);
      if (base == null) {
        return Optional.empty();
      }

      return Optional.of(
          LakeRun.scope(
              Lake.store(
                  run.config(),
                  run.id(),
                  base.tables().values().stream().map(TableBase::handle).toList(),
                  base.buckets()),
              base,
              directory.location(""),
              run.id(),
              run.config()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
