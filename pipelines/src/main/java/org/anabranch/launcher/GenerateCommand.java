package org.anabranch.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.anabranch.testdata.ShopGenerator;

/** {@code generate}: input for {@code customer-360} of any size. */
final class GenerateCommand implements Command {

  private static final OptionSpec OUTPUT =
      OptionSpec.of("output", "DIR", "where the files go; must hold no changes-* files");
  private static final OptionSpec CUSTOMERS =
      new OptionSpec("customers", "N", "1000", "customers, about 17 lines each (default 1000)");
  private static final OptionSpec SCALE =
      new OptionSpec("scale", "X", "1", "factor on how much happens (default 1)");
  private static final OptionSpec SEED =
      new OptionSpec("seed", "S", "1", "same seed, same bytes (default 1)");
  private static final OptionSpec FILES =
      new OptionSpec(
          "files", "K", "10", "number of files, every fifth small and plain (default 10)");
  private static final OptionSpec DUPLICATES =
      new OptionSpec("duplicates", "X", "0.02", "share of lines that come twice (default 0.02)");
  private static final OptionSpec BROKEN =
      new OptionSpec("broken", "X", "0.01", "share of lines nobody can apply (default 0.01)");
  private static final OptionSpec DISORDER =
      new OptionSpec(
          "disorder", "N", "500", "lines over which the order is shuffled (default 500)");

  @Override
  public String name() {
    return "generate";
  }

  @Override
  public String summary() {
    return "write change events of a simulated shop, as input for customer-360";
  }

  @Override
  public String usage() {
    return "generate --output=DIR [--customers=N] [--seed=S] [--files=K] [--name=value ...]";
  }

  @Override
  public List<OptionSpec> options() {
    return List.of(OUTPUT, CUSTOMERS, SCALE, SEED, FILES, DUPLICATES, BROKEN, DISORDER);
  }

  @Override
  public void run(CommandLine line, CallContext context) {
    Settings settings = Words.check(this, line, 0);
    Path output = TargetOptions.directory(settings, OUTPUT);
    ShopGenerator.Options options = options(settings, output);
    context.err().println("writing to " + output);
    try {
      context.out().print(ShopGenerator.generate(options).toJson());
    } catch (IOException e) {
      throw new RunFailedException("cannot write to " + output + ": " + Reasons.of(e), e);
    }
  }

  private static ShopGenerator.Options options(Settings settings, Path output) {
    try {
      return new ShopGenerator.Options(
          output,
          (int) settings.wholeNumber(CUSTOMERS, 1, Integer.MAX_VALUE),
          number(settings, SCALE),
          settings.wholeNumber(SEED, Long.MIN_VALUE, Long.MAX_VALUE),
          (int) settings.wholeNumber(FILES, 1, Integer.MAX_VALUE),
          number(settings, DUPLICATES),
          number(settings, BROKEN),
          (int) settings.wholeNumber(DISORDER, 0, Integer.MAX_VALUE));
    } catch (IllegalArgumentException e) {
      throw new WrongCallException("--" + Reasons.of(e), e);
    }
  }

  private static double number(Settings settings, OptionSpec option) {
    String text = settings.text(option);
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw settings.wrong(option, "must be a number, but was: " + text);
    }
  }
}
