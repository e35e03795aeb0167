package org.anabranch.transforms.parse;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Objects;
import org.anabranch.model.Stable;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.RunReportCoder;
import org.anabranch.transforms.report.TableReport;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.ListCoder;

/**
 * Encoded changes of one table with all that was seen while they were read: its columns and their
 * types, its key, and counts. Whoever merges a batch needs nothing else.
 *
 * @param report what was seen
 * @param changes as {@link org.anabranch.model.RowBatch} encodes them; none where no record was a
 *     change
 */
@Stable
public record ChangeBatch(TableReport report, List<byte[]> changes) {

  public ChangeBatch {
    changes = List.copyOf(changes);
  }

  /** Name of the table; empty for records that name none. */
  public String table() {
    return report.table();
  }

  /**
   * Coder: the report as {@link RunReportCoder} has it, the number of changes, and the length and
   * the bytes of each.
   */
  public static final class BatchCoder extends AtomicCoder<ChangeBatch> {

    private static final long serialVersionUID = 1;
    private static final BatchCoder INSTANCE = new BatchCoder();
    private static final Coder<List<byte[]>> CHANGES = ListCoder.of(ByteArrayCoder.of());

    private BatchCoder() {}

    public static BatchCoder of() {
      return INSTANCE;
    }

    @Override
    public void encode(ChangeBatch batch, OutputStream out) throws IOException {
      RunReportCoder.of().encode(RunReport.of(List.of(batch.report())), out);
      CHANGES.encode(batch.changes(), out);
    }

    @Override
    public ChangeBatch decode(InputStream in) throws IOException {
      RunReport report = RunReportCoder.of().decode(in);
      return new ChangeBatch(
          Objects.requireNonNull(report.tables().get(0)),
          Objects.requireNonNull(CHANGES.decode(in)));
    }
  }
}
