package org.anabranch.testdata;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes ninety days of a shop, from 2026-04-02 to 2026-06-30, as lines of change events and
 * visitor events. Takes {@link Options}, gives files {@code changes-NN.jsonl[.gz]} and {@code
 * manifest.json} with the counts of {@link Generated}.
 *
 * <p>The same options give the same bytes. What happens in the shop depends on the seed, the number
 * of customers and the scale alone: other shares of duplicates, disorder or broken lines deliver
 * the same shop in another way, so the tables that follow from the files stay the same. Lines are
 * streamed; memory grows with the number of customers and orders, not with the lines.
 *
 * <p>A line is {@code {"topic":..,"partition":..,"offset":..,"key":..,"value":..,"headers":..}};
 * {@code "value":null} is a tombstone, and {@code headers} is there only for changes of a primary
 * key. The topics are {@code shop.public.customers} and {@code shop.public.orders} (Debezium
 * PostgreSQL change events without schema), {@code shop.interactions} (plain events), {@code
 * shop.transaction} and {@code shop.message} (of no use to a reader of the tables).
 */
public final class ShopGenerator {

  private ShopGenerator() {}

  /**
   * Runs the generator; see {@code --help}. Exits with 0 when done, 2 when the call is wrong, 1
   * when writing failed.
   */
  public static void main(String[] arguments) {
    System.exit(run(arguments, System.out, System.err));
  }

  static int run(String[] arguments, PrintStream out, PrintStream err) {
    if (Arguments.askForHelp(arguments)) {
      out.print(CommandLine.HELP);
      return 0;
    }

    try {
      out.print(generate(CommandLine.parse(arguments)).toJson());
      return 0;
    } catch (IllegalArgumentException e) {
      err.println("error: " + e.getMessage());
      return 2;
    } catch (IOException e) {
      err.println("error: cannot write the data: " + e.getMessage());
      return 1;
    }
  }

  /**
   * Writes the files and their manifest.
   *
   * @throws IOException when the output cannot be written or holds {@code changes-*} files already
   */
  public static Generated generate(Options options) throws IOException {
    Tally tally = new Tally();
    simulate(options, tally);
    Generated generated = tally.total();
    Files.writeString(options.output().resolve("manifest.json"), generated.toJson());
    return generated;
  }

  /** Writes the files and returns the shop as it is in the end. */
  static Shop simulate(Options options, Tally tally) throws IOException {
    Dice dice = new Dice(options.seed());
    Shop shop = new Shop(dice.split());
    Dice producers = dice.split();
    Dice way = dice.split();
    try (DataFiles files = DataFiles.createIn(options.output(), options.files(), tally)) {
      Delivery delivery = new Delivery(way, options, files, tally);
      double retried = options.duplicates() * (1 - Delivery.SHARE_OF_DUPLICATES);
      double broken = options.broken() * (1 - Delivery.SHARE_OF_BROKEN);
      TopicLog topics = new TopicLog(producers, retried, broken, delivery, tally);
      new ShopSimulation(shop, options, topics, files, tally).run();
      delivery.close();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }

    return shop;
  }

  /**
   * What to generate.
   *
   * @param output the directory, created when missing; must hold no {@code changes-*} files
   * @param customers number of customers, 1 to 100,000,000; a fifth of them join during the ninety
   *     days; one customer makes about 17 lines
   * @param scale factor on how much happens in the ninety days, 0.001 to 1000
   * @param seed start of all random choices
   * @param files number of files, 1 to 1000; every fifth is small and plain, the others are gzip
   * @param duplicates share of lines delivered a second time, 0 to 0.5
   * @param broken share of additional lines nobody can apply, 0 to 0.5
   * @param disorder distance in lines over which lines are shuffled, 0 to 1,000,000; with 0 they
   *     are in log order, else one in a thousand comes only at the very end
   */
  public record Options(
      Path output,
      int customers,
      double scale,
      long seed,
      int files,
      double duplicates,
      double broken,
      int disorder) {

    /** Checks every range. */
    public Options {
      check("customers", customers, 1, 100_000_000);
      check("scale", scale, 0.001, 1_000);
      check("files", files, 1, 1_000);
      check("duplicates", duplicates, 0, 0.5);
      check("broken", broken, 0, 0.5);
      check("disorder", disorder, 0, 1_000_000);
    }

    /** Returns options for a directory, with the defaults of the command line. */
    public static Options into(Path output) {
      return new Options(output, 1_000, 1, 1, 10, 0.02, 0.01, 500);
    }

    private static void check(String name, double value, double least, double most) {
      if (value >= least && value <= most) {
        return;
      }

      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s must be between %s and %s, but was: %s",
              name,
              plain(least),
              plain(most),
              plain(value)));
    }

    private static String plain(double number) {
      return number == Math.rint(number)
          ? String.format(Locale.ROOT, "%.0f", number)
          : String.valueOf(number);
    }
  }

  /**
   * What was written.
   *
   * @param lines all lines
   * @param bytes their size before compression, line ends included
   * @param ignored lines of topics that readers of the tables skip
   * @param redelivered lines that repeat another line exactly
   * @param retried lines that repeat a record under another offset
   * @param broken lines nobody can apply, by reason
   * @param happenings what happened in the shop how often
   */
  public record Generated(
      long lines,
      long bytes,
      long ignored,
      long redelivered,
      long retried,
      SortedMap<String, Long> broken,
      SortedMap<String, Long> happenings) {

    /** Copies the maps. */
    public Generated {
      broken = new TreeMap<>(broken);
      happenings = new TreeMap<>(happenings);
    }

    /** Returns the content of {@code manifest.json}. */
    public String toJson() {
      return """
      {
        "lines": %d,
        "bytes": %d,
        "ignored": %d,
        "redelivered": %d,
        "retried": %d,
        "broken": %s,
        "happenings": %s
      }
      """
          .formatted(
              lines, bytes, ignored, redelivered, retried, counts(broken), counts(happenings));
    }

    private static String counts(Map<String, Long> counts) {
      StringBuilder json = new StringBuilder("{");
      counts.forEach(
          (name, count) ->
              json.append(json.length() == 1 ? "\n" : ",\n")
                  .append(String.format(Locale.ROOT, "    \"%s\": %d", name, count)));
      return json.append(counts.isEmpty() ? "}" : "\n  }").toString();
    }
  }
}
