package org.anabranch.launcher;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Checks what is behind a command's word: how many words, and which options. */
final class Words {

  private Words() {}

  /**
   * Checks the call of a command.
   *
   * @param count words the command needs
   * @return the options as given
   * @throws WrongCallException saying how the command is called
   */
  static Settings check(Command command, CommandLine line, int count) {
    checkCount(command, line, count);
    Collection<OptionSpec> options = new ArrayList<>(command.options());
    options.addAll(Help.COMMON);
    return Settings.of(line, options);
  }

  /** Checks how many words there are. */
  static void checkCount(Command command, CommandLine line, int count) {
    List<String> words = line.words();
    if (words.size() > count) {
      throw new WrongCallException(
          "there is a word too many: '%s'; the call is: anabranch %s"
              .formatted(words.get(count), command.usage()));
    }

    if (words.size() < count) {
      throw new WrongCallException(
          "the name of a table is missing; the call is: anabranch " + command.usage());
    }
  }
}
