package org.anabranch.testdata;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes the input of the reference job: a snapshot of a customers table and the changes that
 * follow it, of customers (60 %) and of orders (40 %), which start empty. Takes {@link Options},
 * gives {@code snapshot/part-NNNNN.jsonl}, {@code changes/part-NNNNN.jsonl} and {@code
 * manifest.json} with the counts of {@link Generated}.
 *
 * <p>The same options give the same bytes. Of the changes, 70 % are updates, 20 % inserts, 8 %
 * deletes and 2 % inserts under the key of a deleted row. They come in commit order, each once; the
 * job measures speed, the oddities of change streams are in the data of {@link ShopGenerator}.
 * Memory is some 40 bytes for each row there ever was.
 *
 * <p>A line is {@code {"key":..,"value":..}} with a Debezium PostgreSQL change event as value, both
 * images complete ({@code REPLICA IDENTITY FULL}). The line after a delete is its tombstone, {@code
 * "value":null}; it does not say its table. Columns of customers: {@code id}, {@code name}, {@code
 * email}, {@code country}, {@code tier}, {@code balance} (decimal as text), {@code profile} (300
 * characters on average in three rows of ten), {@code version}, {@code updated_at} (microseconds
 * since 1970). Columns of orders: {@code id}, {@code customer_id}, {@code amount} (decimal as
 * text), {@code status}, {@code version}, {@code updated_at}.
 */
public final class ReferenceJobGenerator {

  static final String HELP =
      """
      Writes a snapshot of customers and changes of customers and orders.

        --output=DIR       where snapshot/ and changes/ go; no part-* files may be there (required)
        --customers=N      rows of the snapshot (default 2000000)
        --changes=N        change events, tombstones not counted (default 2000000)
        --seed=S           same seed, same bytes (default 42)
        --files=K          number of files in each directory (default 8)
        --help             this text

      Prints the counts, which are also in DIR/manifest.json.
      """;

  private static final List<String> NAMES =
      List.of("output", "customers", "changes", "seed", "files");

  private ReferenceJobGenerator() {}

  /**
   * Runs the generator; see {@code --help}. Exits with 0 when done, 2 when the call is wrong, 1
   * when writing failed.
   */
  public static void main(String[] arguments) {
    System.exit(run(arguments, System.out, System.err));
  }

  static int run(String[] arguments, PrintStream out, PrintStream err) {
    if (Arguments.askForHelp(arguments)) {
      out.print(HELP);
      return 0;
    }

    try {
      out.print(generate(parse(arguments)).toJson());
      return 0;
    } catch (IllegalArgumentException e) {
      err.println("error: " + e.getMessage());
      return 2;
    } catch (IOException e) {
      err.println("error: cannot write the data: " + e.getMessage());
      return 1;
    }
  }

  private static Options parse(String[] arguments) {
    Arguments given = Arguments.of(arguments, NAMES);
    Path output = given.directory("output");
    Options defaults = Options.into(output);
    return new Options(
        output,
        given.count("customers", defaults.customers()),
        given.count("changes", defaults.changes()),
        given.seed("seed", defaults.seed()),
        given.count("files", defaults.files()));
  }

  /**
   * Writes the files and their manifest.
   *
   * @throws IOException when the output cannot be written or holds {@code part-*} files already
   */
  public static Generated generate(Options options) throws IOException {
    Generated generated;
    try (PartFiles snapshot = PartFiles.createIn(options.output().resolve("snapshot"));
        PartFiles changes = PartFiles.createIn(options.output().resolve("changes"))) {
      generated = new ReferenceJob(options, snapshot, changes).run();
    }

    Files.writeString(options.output().resolve("manifest.json"), generated.toJson());
    return generated;
  }

  /**
   * What to generate.
   *
   * @param output the directory, created when missing
   * @param customers rows of the snapshot, 1 to 100,000,000
   * @param changes change events, 1 to 1,000,000,000
   * @param seed start of all random choices
   * @param files number of files in each directory, 1 to 1000; lines are spread evenly, in order
   */
  public record Options(Path output, int customers, int changes, long seed, int files) {

    /** Checks every range. */
    public Options {
      check("customers", customers, 100_000_000);
      check("changes", changes, 1_000_000_000);
      check("files", files, 1_000);
    }

    /** Returns options for a directory, with the defaults of the command line. */
    public static Options into(Path output) {
      return new Options(output, 2_000_000, 2_000_000, 42, 8);
    }

    private static void check(String name, int value, int most) {
      if (value < 1 || value > most) {
        throw new IllegalArgumentException(
            name + " must be between 1 and " + most + ", but was: " + value);
      }
    }
  }

  /**
   * What was written.
   *
   * @param customers lines of the snapshot
   * @param changes change events; the lines are these and one tombstone for each delete
   * @param updates of these, updates
   * @param inserts of these, inserts under a new key
   * @param deletes of these, deletes
   * @param reinserts of these, inserts under the key of a deleted row
   * @param snapshotBytes size of the snapshot, line ends included
   * @param changesBytes size of the changes, line ends included
   */
  public record Generated(
      long customers,
      long changes,
      long updates,
      long inserts,
      long deletes,
      long reinserts,
      long snapshotBytes,
      long changesBytes) {

    /** Returns the content of {@code manifest.json}. */
    public String toJson() {
      return """
      {
        "customers": %d,
        "changes": %d,
        "updates": %d,
        "inserts": %d,
        "deletes": %d,
        "reinserts": %d,
        "snapshotBytes": %d,
        "changesBytes": %d
      }
      """
          .formatted(
              customers,
              changes,
              updates,
              inserts,
              deletes,
              reinserts,
              snapshotBytes,
              changesBytes);
    }
  }
}
