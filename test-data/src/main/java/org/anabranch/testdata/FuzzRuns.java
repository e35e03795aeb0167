package org.anabranch.testdata;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replicates lines that nobody has seen before and checks what must hold of any input: a run ends
 * well, or with the names of the tables it refuses; the books add up; every table can be shown; a
 * second run changes nothing; the lines in three runs, the last part first, make the same tables.
 */
public final class FuzzRuns {

  /** Tables whose rows are compared leave out those of refused tables. */
  private static final String DEAD_LETTERS = "dead_letters";

  /** A line that names a table as refused, in quotes or not. */
  private static final Pattern REFUSED =
      Pattern.compile("(?=.*\\brefuse[ds]\\b).*?\\btable (?:'([^']*)'|([^' :,;]+)).*");

  /** Begins the line that tells why a call failed. */
  private static final String FAILED = "anabranch: ";

  /** Begins the line that a runner says before its first run. */
  private static final String PREPARING = FAILED + "preparing ";

  private static final Pattern TOTAL = Pattern.compile("total +(\\d+) +(\\d+) +\\d+ +(\\d+) .*");
  private static final Pattern IGNORED =
      Pattern.compile("note: .* records ignored, .*\\((\\d+)\\)");
  private static final Pattern STACK = Pattern.compile("^\\s+at [\\w.$/]+\\(.*|.*Exception: .*");
  private static final Pattern TABLE =
      Pattern.compile(
          "\\{\"table\":\"((?:[^\"\\\\]|\\\\.)*)\",\"rows\":(\\d+),\"version\":(\\d+).*");

  private final Launcher launcher;
  private final List<String> options;
  private final PrintStream out;
  private final List<String> failures = new ArrayList<>();

  /** Calls {@code anabranch}. */
  @FunctionalInterface
  public interface Launcher {
    Answer call(List<String> arguments) throws IOException;
  }

  /**
   * What a call said.
   *
   * @param code with which it ended
   * @param results lines of standard output
   * @param messages lines of standard error
   */
  public record Answer(int code, List<String> results, List<String> messages) {

    public Answer {
      results = List.copyOf(results);
      messages = List.copyOf(messages);
    }
  }

  /**
   * @param options of every run, beside input and warehouse
   * @param out hears of each check
   */
  public FuzzRuns(Launcher launcher, List<String> options, PrintStream out) {
    this.launcher = launcher;
    this.options = List.copyOf(options);
    this.out = out;
  }

  /** Options that make runs of {@link MutatedLines} comparable in any order. */
  public static List<String> options(String runner, boolean declaresKeys) {
    List<String> options =
        new ArrayList<>(List.of("--runner=" + runner, "--tombstone-retention=36500d"));
    if (declaresKeys) {
      List<String> keys = new ArrayList<>();
      MutatedLines.keys().forEach((table, column) -> keys.add(table + ":" + column));
      options.add("--keys=" + String.join(",", keys));
      options.add("--plain-rows=interactions");
    }

    return options;
  }

  private record State(Map<String, Long> versions, Map<String, List<String>> rows) {}

  /**
   * Checks lines.
   *
   * @param directory in which files and warehouses are made, new or empty
   * @return what does not hold, a line each
   */
  public List<String> check(List<byte[]> lines, Path directory) throws IOException {
    failures.clear();
    List<Path> parts = write(lines, directory);
    Path one = directory.resolve("one");
    Answer first = run(parts, one);
    if (!endsWell("one run", first)) {
      return List.copyOf(failures);
    }

    balance(first, lines);
    Set<String> refused = refused(first);
    stable(refused);
    State then = state("one run", one, Map.of());
    repeat(parts, one, refused, then);
    cuts(parts, directory.resolve("cuts"), refused, then);
    return List.copyOf(failures);
  }

  private static List<Path> write(List<byte[]> lines, Path directory) throws IOException {
    Files.createDirectories(directory);
    List<Path> parts = new ArrayList<>();
    int size = lines.size() / 3;
    for (int part = 0; part < 3; part++) {
      Path file = directory.resolve("part-" + part + ".jsonl");
      int end = part == 2 ? lines.size() : (part + 1) * size;
      try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(file))) {
        for (byte[] line : lines.subList(part * size, end)) {
          stream.write(line);
          stream.write('\n');
        }
      }

      parts.add(file);
    }

    return parts;
  }

  private Answer run(List<Path> files, Path warehouse) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("run", "replicate"));
    arguments.add("--input=" + String.join(",", files.stream().map(Path::toString).toList()));
    arguments.add("--warehouse=" + warehouse);
    arguments.addAll(options);
    long start = System.nanoTime();
    Answer answer = launcher.call(arguments);
    out.printf("run of %d files: %.1f s%n", files.size(), (System.nanoTime() - start) / 1e9);
    return answer;
  }

  /** Whether the tables can be looked at: the run has ended well, or refused tables by name. */
  private boolean endsWell(String what, Answer answer) {
    List<String> said = new ArrayList<>(answer.messages());
    said.addAll(answer.results());
    boolean isCode = answer.code() == 0 || (answer.code() == 1 && !refused(answer).isEmpty());
    boolean isRefusal =
        answer.messages().stream()
            .filter(line -> line.startsWith(FAILED) && !line.startsWith(PREPARING))
            .allMatch(line -> line.contains("refuse"));
    boolean hasNoTrace = said.stream().noneMatch(line -> STACK.matcher(line).matches());
    boolean holds = isCode && isRefusal && hasNoTrace;
    report(
        holds,
        what + " ends with 0, or with 1 and the refused tables",
        () -> "exit " + answer.code() + ": " + last(answer.messages()));
    return holds;
  }

  private static String last(List<String> lines) {
    List<String> shown = lines.stream().filter(line -> !line.isBlank()).toList();
    return shown.isEmpty()
        ? "no message"
        : cut(String.join(" | ", shown.subList(Math.max(0, shown.size() - 3), shown.size())));
  }

  private static String cut(String text) {
    return text.length() <= 600 ? text : text.substring(0, 600) + "...";
  }

  private static Set<String> refused(Answer answer) {
    Set<String> tables = new TreeSet<>();
    for (String line : answer.messages()) {
      Matcher matcher = REFUSED.matcher(line);
      if (matcher.matches()) {
        tables.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
      }
    }

    return tables;
  }

  private void stable(Set<String> refused) {
    List<String> wrong = MutatedLines.STABLE.stream().filter(refused::contains).toList();
    report(wrong.isEmpty(), "no record refuses its whole table", () -> "refused: " + wrong);
  }

  /** Whether a line is a record: blank ones are not. */
  private static boolean isRecord(byte[] line) {
    for (byte c : line) {
      if (c != ' ' && c != '\t' && c != '\r') {
        return true;
      }
    }

    return false;
  }

  /** Blank lines may count or not. */
  private void balance(Answer answer, List<byte[]> lines) {
    long ignored = 0;
    long[] total = {-1, 0, 0};
    for (String line : answer.results()) {
      Matcher sums = TOTAL.matcher(line);
      if (sums.matches()) {
        for (int i = 0; i < total.length; i++) {
          total[i] = Long.parseLong(sums.group(i + 1));
        }
      }

      Matcher note = IGNORED.matcher(line);
      ignored += note.matches() ? Long.parseLong(note.group(1)) : 0;
    }

    String sum =
        "read %d = merged %d + ignored %d + dead %d"
            .formatted(total[0], total[1], ignored, total[2]);
    report(total[0] == total[1] + ignored + total[2], "the books add up", () -> sum);
    long records = lines.stream().filter(FuzzRuns::isRecord).count();
    report(
        records <= total[0] && total[0] <= lines.size(),
        "every line is read",
        () -> lines.size() + " lines, " + records + " not blank, but " + total[0] + " read");
  }

  /** Shows the tables whose version is not known yet. */
  private State state(String what, Path warehouse, Map<String, Long> known) throws IOException {
    Map<String, Long> versions = new TreeMap<>();
    Map<String, List<String>> rows = new TreeMap<>();
    Answer tables = launcher.call(List.of("tables", "--warehouse=" + warehouse, "--as=jsonl"));
    List<String> wrong = new ArrayList<>();
    for (String line : tables.results()) {
      Matcher table = TABLE.matcher(line);
      if (!table.matches()) {
        throw new IOException("tables printed a line of another form: " + line);
      }

      String name = unescaped(table.group(1));
      long version = Long.parseLong(table.group(3));
      versions.put(name, version);
      if (known.getOrDefault(name, -1L) == version) {
        continue;
      }

      Answer shown = launcher.call(List.of("show", name, "--warehouse=" + warehouse, "--as=jsonl"));
      if (shown.code() != 0 || shown.results().size() != Long.parseLong(table.group(2))) {
        wrong.add(
            name
                + ": exit "
                + shown.code()
                + ", "
                + shown.results().size()
                + " of "
                + table.group(2)
                + " rows, "
                + last(shown.messages()));
      }

      rows.put(name, shown.results().stream().sorted().toList());
    }

    report(
        tables.code() == 0 && wrong.isEmpty(),
        what + ": every table can be shown (" + versions.size() + ")",
        () -> String.join("; ", wrong));
    return new State(versions, rows);
  }

  private static String unescaped(String json) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c == '\\' && json.charAt(i + 1) == 'u') {
        text.append((char) Integer.parseInt(json.substring(i + 2, i + 6), 16));
        i += 5;
      } else if (c == '\\') {
        i++;
        text.append(json.charAt(i));
      } else {
        text.append(c);
      }
    }

    return text.toString();
  }

  private void repeat(List<Path> parts, Path warehouse, Set<String> refused, State then)
      throws IOException {
    Answer again = run(parts, warehouse);
    if (!endsWell("a second run", again)) {
      return;
    }

    report(
        refused(again).equals(refused),
        "a second run refuses the same tables",
        () -> refused + ", then " + refused(again));
    State now = state("a second run", warehouse, then.versions());
    Map<String, List<String>> rows = new TreeMap<>(then.rows());
    rows.putAll(now.rows());
    rows.keySet().retainAll(now.versions().keySet());
    compare("a second run changes nothing", then.rows(), rows, Set.of());
  }

  private void cuts(List<Path> parts, Path warehouse, Set<String> refused, State then)
      throws IOException {
    Set<String> refusedInCuts = new TreeSet<>();
    for (int part : new int[] {2, 0, 1}) {
      Answer answer = run(List.of(parts.get(part)), warehouse);
      if (!endsWell("the run of part " + part, answer)) {
        return;
      }

      refusedInCuts.addAll(refused(answer));
    }

    report(
        refused.equals(refusedInCuts),
        "one run and three refuse the same tables",
        () -> refused + ", but in three " + refusedInCuts);
    Set<String> either = new TreeSet<>(refused);
    either.addAll(refusedInCuts);
    State cuts = state("three runs", warehouse, Map.of());
    compare("one run and three, the last part first, agree", then.rows(), cuts.rows(), either);
  }

  private void compare(
      String what,
      Map<String, List<String>> expected,
      Map<String, List<String>> found,
      Set<String> without) {
    List<String> wrong = new ArrayList<>();
    Set<String> names = new TreeSet<>(expected.keySet());
    names.addAll(found.keySet());
    names.removeAll(without);
    for (String name : names) {
      List<String> left = rows(name, expected.getOrDefault(name, List.of()), without);
      List<String> right = rows(name, found.getOrDefault(name, List.of()), without);
      if (!left.equals(right)) {
        wrong.add(name + ": " + difference(left, right));
      }
    }

    report(wrong.isEmpty(), what, () -> String.join("; ", wrong));
  }

  private static List<String> rows(String table, List<String> rows, Set<String> without) {
    if (!table.equals(DEAD_LETTERS)) {
      return rows;
    }

    return rows.stream()
        .filter(row -> without.stream().noneMatch(w -> row.contains("\"table\":\"" + w + "\"")))
        .toList();
  }

  private static String difference(List<String> left, List<String> right) {
    Set<String> onlyLeft = new TreeSet<>(left);
    right.forEach(onlyLeft::remove);
    Set<String> onlyRight = new TreeSet<>(right);
    left.forEach(onlyRight::remove);
    return left.size()
        + " and "
        + right.size()
        + " rows, "
        + onlyLeft.size()
        + " and "
        + onlyRight.size()
        + " of them not in the other: "
        + cut(onlyLeft.stream().findFirst().orElse("none"))
        + " and "
        + cut(onlyRight.stream().findFirst().orElse("none"));
  }

  private interface Detail {
    String text();
  }

  private void report(boolean holds, String what, Detail detail) {
    if (holds) {
      out.println("holds: " + what);
      return;
    }

    String failure = what + ": " + detail.text();
    failures.add(failure);
    out.println("FAILS: " + failure);
  }
}
