package org.anabranch.launcher;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.anabranch.model.Internal;
import org.jspecify.annotations.Nullable;

/** Given values by option name, read as what the options need. Errors name option, rule, value. */
@Internal
public final class Settings {

  private final Map<String, Given> values;

  Settings(Map<String, Given> values) {
    this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /**
   * Settings of a command that knows exactly these options.
   *
   * @throws WrongCallException naming an option that is not among them
   */
  static Settings of(CommandLine line, Collection<OptionSpec> options) {
    List<String> names = options.stream().map(OptionSpec::name).toList();
    for (String name : line.options().keySet()) {
      if (!names.contains(name)) {
        throw new WrongCallException(
            "unknown option --" + name + "; the nearest is --" + Nearest.to(name, names));
      }
    }

    return new Settings(line.options());
  }

  /** Text as given, else the option's default; null where there is neither. */
  public @Nullable String find(OptionSpec option) {
    Given given = values.get(option.name());
    if (given == null) {
      return option.fallback();
    }

    String value = given.value();
    if (value != null && !value.isBlank()) {
      return value;
    }

    if (value == null && option.isSwitch()) {
      return "true";
    }

    String form = given.place().isEmpty() ? option.form() : given.name() + ": " + option.hint();
    throw new WrongCallException(given.label() + " needs a value: write " + form);
  }

  /** Whether somebody has said what the option is. */
  public boolean isGiven(OptionSpec option) {
    return values.containsKey(option.name());
  }

  /** Text of an option that must have a value. */
  public String text(OptionSpec option) {
    String value = find(option);
    if (value == null) {
      throw new WrongCallException(option.form() + " is missing (" + option.help() + ")");
    }

    return value;
  }

  public boolean isOn(OptionSpec option) {
    return oneOf(option, List.of("true", "false")).equals("true");
  }

  public String oneOf(OptionSpec option, List<String> allowed) {
    String value = text(option);
    if (allowed.contains(value)) {
      return value;
    }

    throw wrong(option, "must be " + String.join(" or ", allowed) + ", but was: " + value);
  }

  public long wholeNumber(OptionSpec option, long least, long most) {
    String value = text(option);
    try {
      long number = Long.parseLong(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // The message below says what a number is here.
    }

    String range =
        most == Long.MAX_VALUE ? "of at least " + least : "between " + least + " and " + most;
    throw wrong(option, "must be a whole number " + range + ", but was: " + value);
  }

  /** A size such as {@code 64MiB}, in bytes. */
  public long size(OptionSpec option, long least, long most) {
    String value = text(option);
    long bytes;
    try {
      bytes = SizeText.parse(value);
    } catch (IllegalArgumentException e) {
      throw wrong(option, Reasons.ofMessage(e));
    }

    if (bytes < least || bytes > most) {
      throw wrong(option, "is out of range (" + option.help() + "), it was: " + value);
    }

    return bytes;
  }

  /** A duration such as {@code 30s}. */
  public Duration duration(OptionSpec option) {
    return duration(option, DurationText::parse);
  }

  /** A duration such as {@code 30s} or {@code 0s}. */
  public Duration durationOrZero(OptionSpec option) {
    return duration(option, DurationText::parseOrZero);
  }

  private Duration duration(OptionSpec option, Function<String, Duration> form) {
    try {
      return form.apply(text(option));
    } catch (IllegalArgumentException e) {
      throw wrong(option, Reasons.ofMessage(e));
    }
  }

  /** Elements of a comma separated list; empty where the option is not given. */
  public List<String> list(OptionSpec option) {
    String value = find(option);
    if (value == null) {
      return List.of();
    }

    List<String> elements = ListText.split(value, ',');
    if (elements.contains("")) {
      throw wrong(option, "must not have empty elements, but was: " + value);
    }

    return elements;
  }

  /** A mistake in the value of an option. */
  public WrongCallException wrong(OptionSpec option, String rule) {
    Given given = values.get(option.name());
    return new WrongCallException(
        (given == null ? "--" + option.name() : given.label()) + " " + rule);
  }
}
