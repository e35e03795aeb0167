package org.anabranch.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.anabranch.model.Stable;
import org.anabranch.transforms.report.TableReport;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.MapCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.iceberg.Snapshot;

/**
 * A commit to a table that is there. The counts also stand in the summary of the snapshot, under
 * {@code anabranch.count.NAME}.
 *
 * @param table its name
 * @param snapshotId id of the snapshot, as any engine that reads Iceberg knows it
 * @param version number of the version, which grows with every commit
 * @param counts records {@code read}, {@code merged}, {@code ignored} and {@code dead}, deletes
 *     among the changes ({@code deleted}), changes that did nothing ({@code duplicates}), rows
 *     {@code inserted}, {@code updated} and {@code removed}; those that are 0 are left out
 */
@Stable
public record TableCommitted(
    String table, long snapshotId, long version, Map<String, Long> counts) {

  private static final List<String> COUNTED =
      List.of(
          TableReport.READ,
          TableReport.MERGED,
          TableReport.IGNORED,
          TableReport.DEAD,
          TableReport.DELETED,
          TableReport.DUPLICATES,
          TableReport.INSERTED,
          TableReport.UPDATED,
          TableReport.REMOVED);

  public TableCommitted {
    counts = Collections.unmodifiableMap(new TreeMap<>(counts));
  }

  /** What is told of a report. */
  static Map<String, Long> counts(TableReport report) {
    Map<String, Long> counts = new TreeMap<>();
    for (String what : COUNTED) {
      if (report.count(what) != 0) {
        counts.put(what, report.count(what));
      }
    }

    return counts;
  }

  /** What a snapshot tells of its commit. */
  static TableCommitted of(String table, Snapshot snapshot) {
    Map<String, Long> counts = new TreeMap<>();
    Objects.requireNonNullElse(snapshot.summary(), Map.<String, String>of())
        .forEach(
            (name, value) -> {
              if (name.startsWith(States.COUNT)) {
                counts.put(name.substring(States.COUNT.length()), Long.parseLong(value));
              }
            });
    return new TableCommitted(table, snapshot.snapshotId(), snapshot.sequenceNumber(), counts);
  }

  /** How often something was counted. */
  public long count(String what) {
    return counts.getOrDefault(what, 0L);
  }

  /** Coder: table, snapshot, version, counts by name. */
  static final class CommittedCoder extends AtomicCoder<TableCommitted> {

    private static final long serialVersionUID = 1;
    private static final Coder<Map<String, Long>> COUNTS =
        MapCoder.of(StringUtf8Coder.of(), VarLongCoder.of());

    @Override
    public void encode(TableCommitted value, OutputStream out) throws IOException {
      StringUtf8Coder.of().encode(value.table, out);
      VarLongCoder.of().encode(value.snapshotId, out);
      VarLongCoder.of().encode(value.version, out);
      COUNTS.encode(value.counts, out);
    }

    @Override
    public TableCommitted decode(InputStream in) throws IOException {
      return new TableCommitted(
          StringUtf8Coder.of().decode(in),
          VarLongCoder.of().decode(in),
          VarLongCoder.of().decode(in),
          COUNTS.decode(in));
    }
  }
}
