package org.anabranch.launcher;

import java.util.List;

/** A command: the first word of a call. */
interface Command {

  String name();

  /** What it does, in one line. */
  String summary();

  /** How it is called, without the program's name. */
  String usage();

  /** Its options; those every call has are not among them. */
  List<OptionSpec> options();

  /**
   * Text of {@code --help}.
   *
   * @param line what is behind the command's word
   */
  default String help(CommandLine line) {
    return Help.of(this);
  }

  /** Whether it looks for pipelines, and so loads those of others. */
  default boolean looksForPipelines() {
    return false;
  }

  /**
   * Does it; returning is success.
   *
   * @param line what is behind the command's word
   * @throws WrongCallException where the call is wrong
   * @throws RunFailedException where it failed
   */
  void run(CommandLine line, CallContext context);
}
