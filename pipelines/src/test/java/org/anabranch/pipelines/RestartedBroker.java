package org.anabranch.pipelines;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.anabranch.testdata.LocalBroker;
import org.anabranch.testdata.LocalBroker.Life;

/** A broker that is killed (SIGKILL) and started again on the same data and the same port. */
final class RestartedBroker implements AutoCloseable {

  private final Path directory;
  private LocalBroker broker;

  RestartedBroker(Path directory) throws IOException {
    this.directory = directory;
    broker = LocalBroker.start(directory);
  }

  String bootstrapServers() {
    return broker.bootstrapServers();
  }

  /** Kills the process and waits until it is gone. */
  void kill() {
    ProcessHandle.of(broker.pid())
        .ifPresent(
            process -> {
              process.destroyForcibly();
              process.onExit().join();
            });
  }

  /** Starts another process on what the last one has left, and waits until it answers. */
  void startAgain() throws IOException {
    String address = broker.bootstrapServers();
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    broker = LocalBroker.start(LocalBroker.home(), directory, port, Life.ATTACHED, Map.of());
  }

  @Override
  public void close() throws IOException {
    broker.close();
  }
}
