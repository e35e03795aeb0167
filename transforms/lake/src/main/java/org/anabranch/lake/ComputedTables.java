package org.anabranch.lake;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.anabranch.model.Internal;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * Tables that pipelines compute from all rows of others. Each remembers in its progress the
 * versions of its inputs and the version of its computation, so that anybody can tell how far it is
 * behind.
 */
@Internal
public final class ComputedTables {

  /** Prefix of a place: the version of an input, which is replaced rather than joined. */
  static final String INPUT = "input:";

  /** Prefix of a place: the version of the computation, by pipeline. */
  static final String COMPUTATION = "computation:";

  private ComputedTables() {}

  /** Whether a place belongs to a computation rather than to a source. */
  static boolean isOfComputation(String place) {
    return place.startsWith(INPUT) || place.startsWith(COMPUTATION);
  }

  /** What a computed table remembers: its inputs with their versions and its computation. */
  static Map<String, Long> places(
      RunPipeline pipeline, String table, Map<String, Long> inputVersions) {
    Map<String, Long> places = new TreeMap<>();
    inputVersions.forEach((input, version) -> places.put(INPUT + input, version));
    Integer computation = pipeline.computed().get(table);
    if (computation != null) {
      places.put(COMPUTATION + pipeline.name(), computation.longValue());
    }

    return places;
  }

  /** Whether a pipeline has computed a table, as its newest version says. */
  public static boolean isComputed(LakeTable table) {
    return table.places().keySet().stream().anyMatch(ComputedTables::isOfComputation);
  }

  /**
   * How far a computed table is behind its inputs.
   *
   * @return versions that brought changes to an input since the table was computed, by input; empty
   *     where it is up to date, and where it is not computed
   */
  public static Map<String, Integer> behind(Lake lake, LakeTable table) throws IOException {
    Map<String, Integer> behind = new TreeMap<>();
    for (Map.Entry<String, Long> place : table.places().entrySet()) {
      if (place.getKey().startsWith(INPUT)) {
        String input = place.getKey().substring(INPUT.length());
        int versions = since(lake, input, place.getValue());
        if (versions > 0) {
          behind.put(input, versions);
        }
      }
    }

    return behind;
  }

  /**
   * Whether stored tables of a pipeline are behind their inputs, or were computed by another
   * version of it.
   *
   * @param pipeline its name and its computed tables, each with the version of its computation
   */
  public static boolean areBehind(Lake lake, RunPipeline pipeline) throws IOException {
    for (LakeTable table : lake.tables()) {
      Integer computation = pipeline.computed().get(table.table());
      Long stored = table.places().get(COMPUTATION + pipeline.name());
      if (computation == null || stored == null) {
        // Not computed by it, or by an earlier program, which did not tell.
        continue;
      }

      if (stored.longValue() != computation || !behind(lake, table).isEmpty()) {
        return true;
      }
    }

    return false;
  }

  /** Versions of a table that brought changes after some version; all where it was made anew. */
  private static int since(Lake lake, String table, long version) {
    TableOperations loaded = lake.catalog().loadIfWhole(table);
    TableMetadata metadata = loaded == null ? null : loaded.current();
    Snapshot current = metadata == null ? null : metadata.currentSnapshot();
    if (metadata == null || current == null) {
      return 0;
    }

    long since = current.sequenceNumber() < version ? 0 : version;
    int versions = 0;
    for (Snapshot snapshot : SnapshotUtil.ancestorsOf(current.snapshotId(), metadata::snapshot)) {
      // Upkeep has no progress to tell of.
      Map<String, String> summary = Objects.requireNonNullElse(snapshot.summary(), Map.of());
      boolean bringsChanges = !summary.getOrDefault(States.PROGRESS, "").isEmpty();
      versions += snapshot.sequenceNumber() > since && bringsChanges ? 1 : 0;
    }

    return versions;
  }
}
