package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Watches a process as long as it lives: it must listen on this machine alone. Looks at what the
 * system says in {@code /proc}; where there is none it sees nothing.
 */
final class ListeningSockets {

  private static final int PAUSE_MILLIS = 100;
  private static final String LISTENING = "0A";

  /** 127.0.0.1, the same as an IPv6 address, and ::1, as they stand in the tables. */
  private static final List<String> LOOPBACK =
      List.of("0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000");

  private final Set<String> elsewhere = new ConcurrentSkipListSet<>();

  private ListeningSockets() {}

  static ListeningSockets watch(ProcessHandle process) {
    ListeningSockets sockets = new ListeningSockets();
    Thread watcher = new Thread(() -> sockets.follow(process), "sockets of " + process.pid());
    watcher.setDaemon(true);
    watcher.start();
    return sockets;
  }

  private void follow(ProcessHandle process) {
    Path directory = Path.of("/proc", String.valueOf(process.pid()));
    try {
      while (process.isAlive()) {
        elsewhere.addAll(open(directory));
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    } catch (IOException | InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  /** Addresses, as the system writes them, on which a process listens for others. */
  private static List<String> open(Path process) throws IOException {
    Set<String> own = new HashSet<>();
    try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
      for (Path descriptor : descriptors.toList()) {
        String target = target(descriptor);
        if (target.startsWith("socket:[")) {
          own.add(target.substring("socket:[".length(), target.length() - 1));
        }
      }
    }

    List<String> open = new ArrayList<>();
    for (String table : List.of("net/tcp", "net/tcp6")) {
      for (String line : Files.readAllLines(process.resolve(table))) {
        String[] fields = line.strip().split("\\s+", -1);
        boolean isListening =
            fields.length > 9 && fields[3].equals(LISTENING) && own.contains(fields[9]);
        if (isListening && !LOOPBACK.contains(fields[1].substring(0, fields[1].indexOf(':')))) {
          open.add(fields[1]);
        }
      }
    }

    return open;
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closed) {
      return "";
    }
  }

  /** Fails where the process has listened for others. */
  void requireLoopback() {
    assertThat("sockets that listen for other machines", elsewhere, empty());
  }
}
