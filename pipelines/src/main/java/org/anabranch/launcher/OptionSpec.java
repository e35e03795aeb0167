package org.anabranch.launcher;

import org.anabranch.model.Stable;
import org.jspecify.annotations.Nullable;

/**
 * An option as its help shows it.
 *
 * @param name whole words in kebab case, without the leading dashes
 * @param hint what stands for the value in the help; empty for a switch
 * @param fallback text of the value when the option is not given; null: none
 * @param help what it does, with the default and the unit where that is not plain
 */
@Stable
public record OptionSpec(String name, String hint, @Nullable String fallback, String help) {

  /** Option with a value but no default. */
  public static OptionSpec of(String name, String hint, String help) {
    return new OptionSpec(name, hint, null, help);
  }

  /** Option that is on when it is there. */
  public static OptionSpec onOff(String name, String help) {
    return new OptionSpec(name, "", "false", help);
  }

  boolean isSwitch() {
    return hint.isEmpty();
  }

  /** How a call with it looks. */
  String form() {
    return isSwitch() ? "--" + name : "--" + name + "=" + hint;
  }
}
