package org.anabranch.launcher;

import java.util.Map;
import org.anabranch.files.ReadProgress;
import org.anabranch.launcher.Slice.Unit;
import org.anabranch.pipelines.TablesConfig;

/** Files of changes and of base tables: one slice, all of them. */
final class FileFeed implements Feed {

  private final TablesConfig tables;
  private final Input input;

  FileFeed(TablesConfig tables, Input input) {
    this.tables = tables;
    this.input = input;
  }

  @Override
  public Slice everything(Map<String, Long> places) {
    return new Slice(
        tables.source(),
        input.bytes(),
        Unit.BYTES,
        input.bytes(),
        Input.describe(input.files(), input.bytes()),
        Map.of());
  }

  /** Files have no end that moves: the gate lets no such run come here. */
  @Override
  public Slice next(Map<String, Long> places, long maxRows) {
    throw new UnsupportedOperationException("files are read in one run");
  }

  @Override
  public long behind(Slice slice) {
    return 0;
  }

  @Override
  public long read() {
    return ReadProgress.bytesRead();
  }

  @Override
  public void close() {}
}
