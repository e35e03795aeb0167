package org.anabranch.launcher;

import java.io.IOException;
import java.util.Map;
import org.anabranch.lake.Lake;
import org.anabranch.launcher.Slice.Unit;
import org.anabranch.pipelines.ChangeSource.DeadLettersAgain;
import org.anabranch.transforms.retry.RetryDeadLetters;
import org.anabranch.transforms.retry.RetrySelection;

/** Open dead letters of the warehouse: one slice, all that are chosen. */
final class RetryFeed implements Feed {

  private final RetrySelection selection;
  private final long chosen;

  /**
   * @param chosen how many dead letters the selection chooses
   */
  RetryFeed(RetrySelection selection, long chosen) {
    this.selection = selection;
    this.chosen = chosen;
  }

  @Override
  public Slice everything(Lake lake) throws IOException {
    return new Slice(
        new DeadLettersAgain(selection),
        chosen,
        Unit.RECORDS,
        chosen * TopicFeed.RECORD_BYTES,
        chosen + (chosen == 1 ? " dead letter" : " dead letters"),
        Map.of());
  }

  @Override
  public long read() {
    return RetryDeadLetters.recordsRead();
  }

  @Override
  public void close() {}
}
