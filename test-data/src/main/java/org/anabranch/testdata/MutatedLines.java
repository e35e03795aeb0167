package org.anabranch.testdata;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.anabranch.testdata.JsonMembers.Member;
import org.jspecify.annotations.Nullable;

/**
 * The shipped lines as faulty sources would send them: spoiled, repeated, out of order. Lines of
 * {@link #STABLE} tables get mutations of records only, so that whatever comes of it is decided
 * line by line; lines of the tables {@code x1} to {@code x20} get those of tables too. Each
 * mutation of a table has two of these tables, one with customers and one with orders.
 *
 * <p>The same lines, seed and number give the same bytes. Every line that can tell does tell its
 * place in the log, so that its meaning does not depend on where it lies.
 */
public final class MutatedLines {

  /** Tables that no line may bring to be refused. */
  public static final List<String> STABLE = List.of("customers", "orders", "interactions");

  private static final String CUSTOMERS = "shop.public.customers";
  private static final String ORDERS = "shop.public.orders";
  private static final String PARTITION = "\"partition\":";
  private static final double SPOILED = 0.4;
  private static final double OF_OTHER_TABLES = 0.3;
  private static final double REPEATED = 0.03;
  private static final double FAR_AWAY = 0.02;
  private static final int DISORDER = 500;

  private final List<String> shipped;
  private final List<Mutation> ofRecords;
  private final List<Mutation> ofTables;
  private final Dice dice;
  private final LineMutator mutator;

  /**
   * @param shipped lines of {@link #read}
   * @param kinds mutations to be applied
   */
  public MutatedLines(List<String> shipped, long seed, Collection<Mutation> kinds) {
    this.shipped = List.copyOf(shipped);
    ofRecords = Mutation.OF_RECORDS.stream().filter(kinds::contains).toList();
    ofTables = Mutation.OF_TABLES.stream().filter(kinds::contains).toList();
    dice = new Dice(seed);
    mutator = new LineMutator(dice);
  }

  /**
   * Reads the lines of the demo and of the cases.
   *
   * @param testData the directory {@code test-data}
   */
  public static List<String> read(Path testData) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> demo = Files.list(testData.resolve("customer-360"));
        Stream<Path> cases = Files.list(testData.resolve("cases"))) {
      demo.filter(file -> file.getFileName().toString().startsWith("changes-"))
          .sorted()
          .forEach(files::add);
      cases
          .map(folder -> folder.resolve("input.jsonl"))
          .filter(Files::exists)
          .sorted()
          .forEach(files::add);
    }

    List<String> lines = new ArrayList<>();
    for (Path file : files) {
      try (InputStream raw = Files.newInputStream(file);
          InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
          BufferedReader reader =
              new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1))) {
        reader.lines().forEach(lines::add);
      }
    }

    return lines;
  }

  /** Key columns of the tables, for a run that declares them. */
  public static Map<String, String> keys() {
    Map<String, String> keys = new TreeMap<>();
    keys.put("customers", "id");
    keys.put("orders", "order_id");
    keys.put("interactions", "event_id");
    for (int i = 0; i < Mutation.OF_TABLES.size(); i++) {
      keys.put("x" + (2 * i + 1), "id");
      keys.put("x" + (2 * i + 2), "order_id");
    }

    return keys;
  }

  /**
   * Makes lines, without line feeds. Lines that begin a third of them are good ones, for a file may
   * begin there.
   *
   * @param count number of lines, at least 30
   */
  public List<byte[]> lines(int count) {
    if (count < 30) {
      throw new IllegalArgumentException("lines must be at least 30, but was: " + count);
    }

    List<String> pool = pool(count);
    List<String> made = new ArrayList<>(count);
    for (int pass = 0; made.size() < count; pass++) {
      for (String line : pool) {
        String next = spoil(inPartition(line, pass));
        made.add(next);
        if (dice.chance(REPEATED)) {
          made.add(dice.chance(0.5) ? next : dice.pick(made));
        }
      }
    }

    disorder(made);
    String good = pool.stream().filter(MutatedLines::isOfCustomers).findFirst().orElseThrow();
    List<byte[]> lines = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      boolean begins = i == 0 || i == count / 3 || i == 2 * (count / 3);
      String line = begins ? good : made.get(i).replace('\n', '\u000b');
      lines.add(line.getBytes(StandardCharsets.ISO_8859_1));
    }

    return lines;
  }

  /** Lines of so many keys that each is used twice or more; all of the cases, which are few. */
  private List<String> pool(int count) {
    long share = Math.max(1, Math.round(2.0 * shipped.size() / count));
    long salt = dice.nextLong();
    return shipped.stream()
        .filter(line -> !line.startsWith("{\"topic\":\"shop.") || isChosen(line, salt, share))
        .map(MutatedLines::withoutHolesOfMovedRows)
        .distinct()
        .toList();
  }

  /**
   * The line at a place of its own in the log, for no log has two records at one: another partition
   * for each pass, as what comes again in the same one has to be told from a source that was reset.
   */
  private static String inPartition(String line, int pass) {
    int from = line.indexOf(PARTITION) + PARTITION.length();
    int to = line.indexOf(',', from);
    if (pass == 0 || from < PARTITION.length() || to < 0) {
      return line;
    }

    int partition = Integer.parseInt(line.substring(from, to)) + 10 * pass;
    return LineMutator.replace(line, from, to, String.valueOf(partition));
  }

  private static boolean isChosen(String line, long salt, long share) {
    int key = line.indexOf("\"key\":");
    int value = line.indexOf(",\"value\":");
    String text = key < 0 || value < key ? line : line.substring(key, value);
    return Math.floorMod(new Dice(salt ^ text.hashCode()).nextLong(), share) == 0;
  }

  /**
   * A value that is carried over a change of the key may be lost where the old key's newer row came
   * in an earlier run, which is known; all values of these rows are sent here.
   */
  private static String withoutHolesOfMovedRows(String line) {
    return line.contains("\"__debezium.")
        ? line.replace("__debezium_unavailable_value", "sent")
        : line;
  }

  private String spoil(String line) {
    boolean isOfTable = isOfCustomers(line) || line.startsWith("{\"topic\":\"" + ORDERS + "\"");
    if (isOfTable && !ofTables.isEmpty() && dice.chance(OF_OTHER_TABLES)) {
      return spoilTable(line);
    }

    return spoilRecord(line);
  }

  private String spoilRecord(String line) {
    return ofRecords.isEmpty() || !dice.chance(SPOILED)
        ? line
        : mutator.mutate(line, dice.pick(ofRecords));
  }

  private String spoilTable(String line) {
    Mutation mutation = dice.pick(ofTables);
    int number = 2 * Mutation.OF_TABLES.indexOf(mutation) + (isOfCustomers(line) ? 1 : 2);
    String renamed = rename(line, "x" + number);
    if (renamed == null) {
      return spoilRecord(line);
    }

    // Orders would have another key than the customers in the tables of odd names.
    boolean fits = mutation != Mutation.OTHER_TABLE || isOfCustomers(line);
    boolean applies = mutation == Mutation.BINARY_LOG || (fits && dice.chance(SPOILED));
    return spoilRecord(applies ? mutator.mutate(renamed, mutation) : renamed);
  }

  private static boolean isOfCustomers(String line) {
    return line.startsWith("{\"topic\":\"" + CUSTOMERS + "\"");
  }

  /** The line for another table; null for a line that is cut off. */
  private static @Nullable String rename(String line, String table) {
    Member source = JsonMembers.find(line, "/value/source/table");
    String renamed =
        source == null
            ? line
            : LineMutator.replace(line, source.from(), source.to(), "\"" + table + "\"");
    Member topic = JsonMembers.find(renamed, "/topic");
    return topic == null
        ? null
        : LineMutator.replace(renamed, topic.from(), topic.to(), "\"shop.public." + table + "\"");
  }

  /** Shuffles neighbours, and takes some lines far away. */
  private void disorder(List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      int other =
          dice.chance(FAR_AWAY)
              ? dice.below(lines.size())
              : Math.min(lines.size() - 1, i + dice.below(DISORDER));
      String line = lines.get(i);
      lines.set(i, lines.get(other));
      lines.set(other, line);
    }
  }
}
