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
import org.apache.iceberg.TableOperations;

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
 * @param offsets how far its changes go, of all commits so far: by {@code LOG/PARTITION} the offset
 *     behind the last one that is in (of files the byte behind its line); earlier records are in
 *     where the log was read from its start. A commit by another program has those of the last one
 *     of ours before it, or none where that has expired
 */
@Stable
public record TableCommitted(
    String table,
    long snapshotId,
    long version,
    Map<String, Long> counts,
    Map<String, Long> offsets) {

  private static final String LOG = "log:";

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
          TableReport.REMOVED,
          TableReport.COMPACTED);

  public TableCommitted {
    counts = Collections.unmodifiableMap(new TreeMap<>(counts));
    offsets = Collections.unmodifiableMap(new TreeMap<>(offsets));
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
  static TableCommitted of(String table, TableOperations loaded, Snapshot snapshot)
      throws IOException {
    Map<String, Long> counts = new TreeMap<>();
    Objects.requireNonNullElse(snapshot.summary(), Map.<String, String>of())
        .forEach(
            (name, value) -> {
              if (name.startsWith(States.COUNT)) {
                counts.put(name.substring(States.COUNT.length()), Long.parseLong(value));
              }
            });
    return new TableCommitted(
        table,
        snapshot.snapshotId(),
        snapshot.sequenceNumber(),
        counts,
        offsets(table, loaded, snapshot));
  }

  /** None where the table has no state, as the archive. */
  private static Map<String, Long> offsets(String table, TableOperations loaded, Snapshot snapshot)
      throws IOException {
    Map<String, Long> offsets = new TreeMap<>();
    String state = States.summary(loaded.current(), snapshot, States.STATE);
    if (!state.isEmpty()) {
      States.read(table, loaded.io(), loaded.current(), state)
          .progress()
          .forEach(
              (place, at) -> {
                if (place.startsWith(LOG)) {
                  offsets.put(place.substring(LOG.length()), at);
                }
              });
    }

    return offsets;
  }

  /** How often something was counted. */
  public long count(String what) {
    return counts.getOrDefault(what, 0L);
  }

  /** Coder: table, snapshot, version, counts by name, offsets by partition. */
  static final class CommittedCoder extends AtomicCoder<TableCommitted> {

    private static final long serialVersionUID = 1;
    private static final Coder<Map<String, Long>> NUMBERS =
        MapCoder.of(StringUtf8Coder.of(), VarLongCoder.of());

    @Override
    public void encode(TableCommitted value, OutputStream out) throws IOException {
      StringUtf8Coder.of().encode(value.table, out);
      VarLongCoder.of().encode(value.snapshotId, out);
      VarLongCoder.of().encode(value.version, out);
      NUMBERS.encode(value.counts, out);
      NUMBERS.encode(value.offsets, out);
    }

    @Override
    public TableCommitted decode(InputStream in) throws IOException {
      return new TableCommitted(
          StringUtf8Coder.of().decode(in),
          VarLongCoder.of().decode(in),
          VarLongCoder.of().decode(in),
          NUMBERS.decode(in),
          NUMBERS.decode(in));
    }
  }
}
