package org.anabranch.launcher;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.anabranch.launcher.CallContext.Screen;
import org.anabranch.model.Internal;

/**
 * The command line. Results go to standard output, everything else to standard error. Ends with 0
 * when done, 2 when the call is wrong, 1 when it failed; what is wrong or failed is told in one
 * line.
 */
@Internal
public final class Main {

  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final int WRONG_CALL = 2;

  private static final Pattern FAILURE_FILE = Pattern.compile("anabranch-\\d+\\.txt");
  private static final int FAILURE_FILES_KEPT = 20;

  private static final int BUFFER_BYTES = 1 << 16;
  static final String VERSION = "0.1.0";

  private static final List<Command> COMMANDS =
      List.of(
          new RunCommand(),
          new RunnersCommand(),
          new MatrixCommand(),
          new PipelinesCommand(),
          new NewCommand(),
          new CheckCommand(),
          new TablesCommand(),
          new ShowCommand(),
          new FilesCommand(),
          new ExportCommand(),
          new PublishCommand(),
          new CompactCommand(),
          new MoveCommand(),
          new DropCommand(),
          new RenameCommand(),
          new ResetCommand(),
          new RetryCommand(),
          new GenerateCommand(),
          new DevCommand());

  private Main() {}

  /** Runs one call and ends the process. */
  public static void main(String[] arguments) {
    PrintStream out = stream(FileDescriptor.out, BUFFER_BYTES);
    boolean logsJson = logsJson(Arrays.asList(arguments));
    PrintStream plain = ShownControls.over(Secrets.over(stream(FileDescriptor.err, 0)));
    PrintStream err = logsJson ? JsonLines.to(plain) : plain;
    // What a library prints is no result.
    System.setOut(err);
    System.setErr(err);
    boolean isTerminal = Boolean.getBoolean("anabranch.terminal") && !logsJson;
    Screen screen = isTerminal ? Screen.TERMINAL : Screen.LOG;
    Path home = Path.of(System.getProperty("anabranch.home", "")).toAbsolutePath();
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> endAfter(failure, err));
    PrintStream data = Boolean.getBoolean("anabranch.terminal.out") ? ShownControls.over(out) : out;
    CallContext context = new CallContext(out, data, err, screen, home, System.getenv());
    int code = call(Arrays.asList(arguments), context);
    out.flush();
    // An engine that is shutting down finds its own classes gone; that changes no result.
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {});
    System.exit(code);
  }

  /**
   * A thread died of something nobody caught. After an error such as a lack of memory the runner
   * would wait for its worker forever, so the process ends.
   */
  private static void endAfter(Throwable failure, PrintStream err) {
    err.println("anabranch: " + Reasons.of(failure));
    if (failure instanceof Error) {
      Runtime.getRuntime().halt(FAILED);
    }
  }

  /** Whether the call, or its configuration file, asks for lines of JSON. */
  private static boolean logsJson(List<String> arguments) {
    String config = "--" + RunOptions.CONFIG.name() + "=";
    String log = "--" + RunOptions.LOG.name() + "=";
    if (arguments.stream().anyMatch(argument -> argument.startsWith(log))) {
      return arguments.contains(RunOptions.LOG_JSON);
    }

    return arguments.stream()
        .filter(argument -> argument.startsWith(config))
        .map(argument -> argument.substring(config.length()))
        .map(file -> YamlFile.peek(Path.of(file), RunOptions.LOG.name(), System.getenv()))
        .anyMatch(text -> RunOptions.LOG_JSON.equals(log + text));
  }

  private static PrintStream stream(FileDescriptor descriptor, int bufferBytes) {
    FileOutputStream stream = new FileOutputStream(descriptor);
    return bufferBytes == 0
        ? new PrintStream(stream, true, StandardCharsets.UTF_8)
        : new PrintStream(
            new BufferedOutputStream(stream, bufferBytes), false, StandardCharsets.UTF_8);
  }

  /** Runs one call; returns the exit code. */
  static int call(List<String> arguments, CallContext context) {
    boolean verbose = arguments.contains("--" + CommandLine.VERBOSE);
    if (verbose) {
      // Read by runners-config/log4j2.properties when the first logger is made.
      System.setProperty("anabranch.log", "INFO");
      System.setProperty("anabranch.log.engines", "INFO");
    }

    Secrets.forget();
    return callMasked(arguments, verbose, context.masked());
  }

  private static int callMasked(List<String> arguments, boolean verbose, CallContext context) {
    try {
      dispatch(CommandLine.parse(arguments), context);
      context.out().flush();
      return DONE;
    } catch (WrongCallException e) {
      return report(e, List.of(Reasons.ofMessage(e)), WRONG_CALL, verbose, context);
    } catch (RunFailedException e) {
      List<String> lines = e.lines().stream().map(Reasons::oneLine).toList();
      return report(e, lines, FAILED, verbose, context);
    } catch (RuntimeException | Error e) {
      String line = String.join(" ", words(arguments)) + " failed: " + Reasons.of(e);
      return report(e, List.of(line + details(e, verbose)), FAILED, verbose, context);
    }
  }

  private static List<String> words(List<String> arguments) {
    return arguments.stream().filter(argument -> !argument.startsWith("-")).toList();
  }

  private static int report(
      Throwable failure, List<String> lines, int code, boolean verbose, CallContext context) {
    context.out().flush();
    lines.forEach(line -> context.err().println("anabranch: " + line));
    if (verbose) {
      failure.printStackTrace(context.err());
    }

    return code;
  }

  /** Keeps the stack trace for those who need it; says where. */
  private static String details(Throwable failure, boolean verbose) {
    if (verbose) {
      return "";
    }

    try {
      Path file = Files.createTempFile("anabranch-", ".txt");
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      Files.writeString(file, Secrets.masked(trace.toString()));
      removeOld(file);

      return " (details: " + file + ")";
    } catch (IOException noPlace) {
      return " (details: run it again with --verbose)";
    }
  }

  /** Removes failure files of this user, but for the newest ones. */
  private static void removeOld(Path newest) throws IOException {
    Path directory = Objects.requireNonNull(newest.toAbsolutePath().getParent());
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files =
          all.filter(file -> FAILURE_FILE.matcher(file.getFileName().toString()).matches())
              .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
              .sorted(
                  Comparator.comparingLong((Path file) -> file.toFile().lastModified()).reversed())
              .toList();
    }

    UserPrincipal me = Files.getOwner(newest);
    for (Path file : files.subList(Math.min(files.size(), FAILURE_FILES_KEPT), files.size())) {
      if (Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).equals(me)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static void dispatch(CommandLine line, CallContext context) {
    boolean isHelpCommand = !line.words().isEmpty() && line.words().get(0).equals(CommandLine.HELP);
    CommandLine asked = isHelpCommand ? line.rest() : line;
    if (asked.words().isEmpty()) {
      printGeneral(asked, context);
      return;
    }

    Command command = command(asked.words().get(0));
    if (command.looksForPipelines()) {
      // What is not there must be told: Java looks past it.
      UserClasses.in(context.environment());
    }

    if (isHelpCommand || line.has(CommandLine.HELP)) {
      context.out().print(command.help(asked.rest()));
      return;
    }

    command.run(asked.rest(), context);
  }

  private static void printGeneral(CommandLine line, CallContext context) {
    Settings.of(line, List.of(Help.HELP, Help.VERSION, Help.VERBOSE));
    boolean asksForVersion = line.has(CommandLine.VERSION);
    context.out().print(asksForVersion ? "anabranch " + VERSION + "\n" : Help.of(COMMANDS));
  }

  private static Command command(String name) {
    for (Command command : COMMANDS) {
      if (command.name().equals(name)) {
        return command;
      }
    }

    List<String> names = COMMANDS.stream().map(Command::name).toList();
    String nearest = Nearest.within(name, names).map("; the nearest is '%s'"::formatted).orElse("");
    throw new WrongCallException(
        "there is no command '%s'%s; commands: %s"
            .formatted(name, nearest, String.join(", ", names)));
  }
}
