package org.anabranch.transforms.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.anabranch.model.Schema;
import org.anabranch.testdata.MutatedLines;
import org.anabranch.testdata.Mutation;
import org.anabranch.transforms.parse.ChangeCollector;
import org.anabranch.transforms.parse.ChangeLines;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.parse.TableSpec;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.anabranch.transforms.source.Generations;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Lines as faulty sources send them: none stops the parser, each is counted once, and what is
 * merged of them depends neither on their order nor on the runs they come in.
 */
class MutatedLinesTest {

  private static final int LINES = 2_000;
  private static final int BUCKETS = 2;

  private static final Set<Mutation> MERGED = EnumSet.allOf(Mutation.class);

  private static List<String> shipped = List.of();

  private final List<byte[]> lines = new ArrayList<>();
  private final long[] offsets = new long[LINES];

  @BeforeAll
  static void read() throws IOException {
    shipped = MutatedLines.read(Path.of("..", "..", "test-data"));
  }

  private void make(long seed, Set<Mutation> kinds) {
    lines.addAll(new MutatedLines(shipped, seed, kinds).lines(LINES));
    for (int i = 1; i < LINES; i++) {
      offsets[i] = offsets[i - 1] + lines.get(i - 1).length + 1;
    }
  }

  private static ParseConfig config() {
    Map<String, TableSpec> tables = new LinkedHashMap<>();
    MutatedLines.keys()
        .forEach(
            (table, key) ->
                tables.put(
                    table,
                    new TableSpec(
                        table,
                        List.of(key),
                        Map.of(),
                        Set.of(),
                        table.equals("interactions")
                            ? TableSpec.Form.ROWS
                            : TableSpec.Form.CHANGES)));
    return new ParseConfig(
        tables,
        ParseConfig.Others.READ,
        ParseConfig.Tombstones.IGNORE,
        ParseConfig.UNAVAILABLE,
        BUCKETS);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyRecordIsCountedOnce(long seed) {
    make(seed, EnumSet.allOf(Mutation.class));
    RunReport report = parse(IntStream.range(0, LINES).boxed().toList(), (bucket, batch) -> {});
    long read = 0;
    for (TableReport table : report.tables()) {
      // Dead letters are counted where they were read.
      read += table.table().equals("dead_letters") ? 0 : table.count(TableReport.READ);
      assertThat(
          table.table(),
          table.count(TableReport.READ),
          is(
              table.count(TableReport.MERGED)
                  + table.count(TableReport.IGNORED)
                  + table.count(TableReport.DEAD)));
    }

    assertThat(read, is((long) LINES));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theRowsDependNeitherOnTheOrderOfTheLinesNorOnTheRuns(long seed) {
    make(seed, MERGED);
    List<Integer> order = new ArrayList<>(IntStream.range(0, LINES).boxed().toList());
    MemoryStore one = MemoryStore.empty();
    Set<String> refused = new TreeSet<>(merge(one, order));
    Collections.shuffle(order, new Random(seed));
    MemoryStore three = MemoryStore.empty();
    for (int part = 0; part < 3; part++) {
      refused.addAll(merge(three, order.subList(part * LINES / 3, (part + 1) * LINES / 3)));
    }

    assertThat(MutatedLines.STABLE.stream().filter(refused::contains).toList(), is(List.of()));
    Set<String> tables = new TreeSet<>(one.buckets().keySet());
    tables.addAll(three.buckets().keySet());
    tables.removeAll(refused);
    for (String table : tables) {
      List<String> expected = rows(one, table);
      List<String> found = rows(three, table);
      assertThat(table + " of three runs", without(found, expected), is(empty()));
      assertThat(table + " of one run", without(expected, found), is(empty()));
    }
  }

  private static List<String> without(List<String> rows, List<String> others) {
    Set<String> known = new TreeSet<>(others);
    return rows.stream().filter(row -> !known.contains(row)).limit(3).toList();
  }

  private static List<String> rows(MemoryStore store, String table) {
    return store.stored(table).stream().map(row -> new TreeMap<>(row).toString()).sorted().toList();
  }

  private RunReport parse(List<Integer> order, ChangeCollector.Receiver receiver) {
    ChangeLines parser = new ChangeLines(config(), 0, receiver);
    for (int line : order) {
      byte[] bytes = Arrays.copyOf(lines.get(line), lines.get(line).length + 1);
      bytes[bytes.length - 1] = '\n';
      parser.parse("file", offsets[line], bytes, 0, bytes.length);
    }

    return parser.finish();
  }

  /** Merges lines as a run of their own; returns the tables that two sources changed. */
  private Set<String> merge(MemoryStore store, List<Integer> order) {
    Map<TableBucket, List<byte[]>> batches = new LinkedHashMap<>();
    RunReport parsed =
        parse(
            order,
            (bucket, batch) -> batches.computeIfAbsent(bucket, b -> new ArrayList<>()).add(batch));
    // Events of others may disagree about the key.
    batches.keySet().removeIf(bucket -> !MutatedLines.keys().containsKey(bucket.table()));
    MergeConfig config = new MergeConfig(store.snapshot(), Set.of(), List.of());
    List<RunReport> reports = new ArrayList<>();
    Map<String, List<byte[]>> moved = new TreeMap<>();
    try {
      for (Map.Entry<TableBucket, List<byte[]>> bucket : batches.entrySet()) {
        String table = bucket.getKey().table();
        reports.add(update(config, parsed, bucket.getKey(), bucket.getValue(), moved));
        moved.computeIfAbsent(table, t -> new ArrayList<>());
      }

      for (Map.Entry<String, List<byte[]>> table : moved.entrySet()) {
        if (!table.getValue().isEmpty()) {
          reports.add(
              update(
                  config,
                  parsed,
                  new TableBucket(table.getKey(), TableStore.MOVED),
                  List.copyOf(table.getValue()),
                  moved));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    RunReport merged = parsed;
    for (RunReport report : reports) {
      merged = merged.join(report);
    }

    store.commit(merged, BUCKETS);
    return new TreeSet<>(
        merged.tables().stream()
            .filter(table -> table.count(TableReport.CONFLICTS) > 0)
            .map(TableReport::table)
            .toList());
  }

  private static RunReport update(
      MergeConfig config,
      RunReport parsed,
      TableBucket bucket,
      List<byte[]> batches,
      Map<String, List<byte[]>> moved)
      throws IOException {
    List<String> key = parsed.key(bucket.table());
    Schema schema = parsed.schema(bucket.table());
    return new BucketUpdate(
            config,
            bucket,
            key,
            schema,
            Generations.NONE,
            (place, projected) -> {},
            batch -> moved.computeIfAbsent(bucket.table(), t -> new ArrayList<>()).add(batch))
        .run(batches);
  }
}
