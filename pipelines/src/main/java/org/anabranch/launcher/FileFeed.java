package org.anabranch.launcher;

import java.util.Map;
import org.anabranch.files.ReadProgress;
import org.anabranch.lake.Lake;
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
  public Slice everything(Lake lake) {
    return new Slice(
        tables.source(),
        input.bytes(),
        Unit.BYTES,
        input.bytes(),
        Input.describe(input.files(), input.bytes()),
        Map.of());
  }

  @Override
  public long read() {
    return ReadProgress.bytesRead();
  }

  @Override
  public void close() {}
}
