package org.anabranch.launcher;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.anabranch.lake.BrokenTableException;
import org.jspecify.annotations.Nullable;

/** One line on why something failed, taken from what is inside the wrappers of runners. */
final class Reasons {

  /** Types whose message is a sentence by itself. */
  private static final List<Class<? extends Throwable>> SPEAKING =
      List.of(
          IllegalArgumentException.class,
          IllegalStateException.class,
          IOException.class,
          UncheckedIOException.class,
          WrongCallException.class,
          RunFailedException.class,
          UnsupportedOperationException.class);

  /** How engines put the cause of another process, or of a task, into text. */
  private static final Pattern TEXT_CAUSE = Pattern.compile("(?m)^Caused by: ([^\\r\\n]+)");

  private static final Pattern TEXT_TASK =
      Pattern.compile("most recent failure: [^\\r\\n]*?\\): ([^\\r\\n]+)");
  private static final Pattern CLASS_PREFIX =
      Pattern.compile("^(?:[a-z][\\w$]*\\.)+([A-Z][\\w$]*)(?:: |$)");
  private static final Pattern SPEAKING_NAME =
      Pattern.compile(
          "IllegalArgumentException|IllegalStateException|(?:Unchecked)?IOException"
              + "|UnsupportedOperationException|UserCodeException|RuntimeException|RunFailedException");

  private Reasons() {}

  static String of(Throwable failure) {
    Throwable root = root(failure);
    String text = root instanceof OutOfMemoryError ? null : textOf(root.getMessage());
    return oneLine(text == null ? sentence(root) : text);
  }

  /** The message as it is, for failures that are told in the launcher's own words. */
  static String ofMessage(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : oneLine(message);
  }

  /** The deepest cause; an out-of-memory error, or what names a broken table, wherever it is. */
  private static Throwable root(Throwable failure) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Throwable root = failure;
    Throwable cause = failure;
    while (cause != null && seen.add(cause)) {
      if (cause instanceof OutOfMemoryError || cause instanceof BrokenTableException) {
        return cause;
      }

      root = cause;
      cause = cause.getCause();
    }

    return root;
  }

  /**
   * Reason in a message that holds the stack trace of another process; null where there is none.
   */
  private static @Nullable String textOf(@Nullable String message) {
    if (message == null) {
      return null;
    }

    String found = last(TEXT_CAUSE, message);
    String reason = found == null ? last(TEXT_TASK, message) : found;
    return reason == null ? null : withoutClass(reason);
  }

  private static @Nullable String last(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    String last = null;
    while (matcher.find()) {
      last = matcher.group(1);
    }

    return last;
  }

  private static String withoutClass(String reason) {
    String rest = reason;
    Matcher matcher = CLASS_PREFIX.matcher(rest);
    while (matcher.find()
        && SPEAKING_NAME.matcher(matcher.group(1)).matches()
        && matcher.end() < rest.length()) {
      rest = rest.substring(matcher.end());
      matcher = CLASS_PREFIX.matcher(rest);
    }

    return rest;
  }

  private static String sentence(Throwable failure) {
    String message = failure.getMessage();
    String text = message == null ? "" : message;
    if (failure instanceof OutOfMemoryError) {
      return "out of memory (" + text + "); give it more with ANABRANCH_JAVA_OPTS=-Xmx4g";
    }

    if (failure instanceof EOFException && text.isBlank()) {
      return "a file is cut off: its end is missing";
    }

    if (failure instanceof FileSystemException file) {
      return fileReason(file, text);
    }

    if (!text.isBlank() && SPEAKING.stream().anyMatch(type -> type.isInstance(failure))) {
      return withoutClass(text);
    }

    String name = failure.getClass().getSimpleName();
    return text.isBlank() ? name : name + ": " + text;
  }

  private static String fileReason(FileSystemException failure, String text) {
    if (failure instanceof NoSuchFileException) {
      return "there is no file " + failure.getFile();
    }

    if (failure instanceof AccessDeniedException) {
      return "no permission for " + failure.getFile();
    }

    return failure instanceof FileAlreadyExistsException
        ? "a file is in the way: " + failure.getFile()
        : text;
  }

  static String oneLine(String text) {
    return text.lines().map(String::strip).filter(line -> !line.isEmpty()).findFirst().orElse(text);
  }
}
