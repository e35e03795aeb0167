package org.anabranch.pipelines;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.anabranch.files.InputFiles;
import org.anabranch.files.ReadBase;
import org.anabranch.transforms.merge.MergeConfig;
import org.anabranch.transforms.parse.DeadLetters;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.parse.ParseConfig.Others;
import org.anabranch.transforms.parse.ParseConfig.Tombstones;
import org.anabranch.transforms.parse.TableSpec;

/**
 * Change files and the tables they become.
 *
 * @param inputs globs of the change files
 * @param tables declared tables by name
 * @param others what happens to tables that are not declared
 * @param tombstones what records without a value mean
 * @param unavailableValue text of values the source did not send
 * @param bases globs of Parquet files by table: rows below every change
 * @param histories tables that also get a history
 * @param buckets per table; 0 chooses by the size of the input
 */
public record TablesConfig(
    List<String> inputs,
    Map<String, TableSpec> tables,
    Others others,
    Tombstones tombstones,
    String unavailableValue,
    Map<String, String> bases,
    Set<String> histories,
    int buckets) {

  /** Input per bucket at which a worker's memory and the number of files are both small. */
  private static final long BUCKET_BYTES = 48L << 20;

  private static final int MIN_BUCKETS = 4;
  private static final int MAX_BUCKETS = 256;

  public TablesConfig {
    inputs = List.copyOf(inputs);
    tables = new LinkedHashMap<>(tables);
    bases = new LinkedHashMap<>(bases);
    histories = new TreeSet<>(histories);
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("no input is given");
    }

    if (buckets < 0 || buckets > 4096) {
      throw new IllegalArgumentException("buckets must be between 0 and 4096, but was: " + buckets);
    }

    if (tables.containsKey(DeadLetters.TABLE)) {
      throw new IllegalArgumentException(
          "a table cannot be called '" + DeadLetters.TABLE + "': that is where dead letters go");
    }

    for (String base : bases.keySet()) {
      TableSpec spec = tables.get(base);
      if (spec == null || spec.key().isEmpty()) {
        throw new IllegalArgumentException(
            "the base of table '" + base + "' needs the table's key columns to be declared");
      }
    }
  }

  /** Number of buckets: as given, or one per 48 MiB of input, 4 to 256. */
  int bucketsFor(InputFiles... inputs) {
    if (buckets > 0) {
      return buckets;
    }

    long bytes = 0;
    for (InputFiles files : inputs) {
      bytes += files.totalBytes();
    }

    return (int) Math.max(MIN_BUCKETS, Math.min(MAX_BUCKETS, bytes / BUCKET_BYTES));
  }

  /** How to parse: declared tables know the types of their bases. */
  ParseConfig parsing(int bucketCount, Map<String, InputFiles> baseFiles) {
    Map<String, TableSpec> known = new LinkedHashMap<>(tables);
    baseFiles.forEach(
        (table, files) ->
            known.computeIfPresent(table, (name, spec) -> spec.withBase(ReadBase.schema(files))));
    Set<String> taken = new TreeSet<>();
    histories.forEach(table -> taken.add(table + MergeConfig.HISTORY_SUFFIX));
    return new ParseConfig(known, others, tombstones, unavailableValue, bucketCount, taken);
  }
}
