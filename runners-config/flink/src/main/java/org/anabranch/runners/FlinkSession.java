package org.anabranch.runners;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.anabranch.launcher.RunnerSession;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;

/**
 * One Flink mini cluster for all pipelines of a process. Its tasks take their classes from this
 * process, so that nothing has to be staged but a jar with nothing in it, which a remote
 * environment wants to have. Pipelines for a cluster of its own are left alone.
 */
public final class FlinkSession implements RunnerSession {

  private static final int NETWORK_MEBIBYTES = 128;

  private final MiniCluster cluster;
  private final String master;
  private final Path jar;

  private FlinkSession(MiniCluster cluster, String master, Path jar) {
    this.cluster = cluster;
    this.master = master;
    this.jar = jar;
  }

  /** Makes Flink sessions. */
  public static final class Provider implements RunnerSession.Provider {

    @Override
    public String runner() {
      return "flink";
    }

    @Override
    public RunnerSession open(PipelineOptions options) {
      FlinkPipelineOptions flink = options.as(FlinkPipelineOptions.class);
      return isEmbedded(flink.getFlinkMaster()) ? start(flink) : RunnerSession.NONE;
    }

    private static boolean isEmbedded(String master) {
      return master.startsWith("[");
    }

    private static RunnerSession start(FlinkPipelineOptions options) {
      Configuration settings = new Configuration();
      settings.set(RestOptions.BIND_PORT, "0");
      settings.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
      settings.set(RestOptions.ADDRESS, "127.0.0.1");
      settings.set(JobManagerOptions.BIND_HOST, "127.0.0.1");
      settings.set(TaskManagerOptions.BIND_HOST, "127.0.0.1");
      settings.set(CoreOptions.CLASSLOADER_RESOLVE_ORDER, "parent-first");
      settings.set(CoreOptions.CHECK_LEAKED_CLASSLOADER, false);
      MemorySize network = MemorySize.ofMebiBytes(NETWORK_MEBIBYTES);
      settings.set(TaskManagerOptions.NETWORK_MEMORY_MIN, network);
      settings.set(TaskManagerOptions.NETWORK_MEMORY_MAX, network);
      try {
        Path jar = emptyJar();
        MiniCluster cluster =
            new MiniCluster(
                new MiniClusterConfiguration.Builder()
                    .setConfiguration(settings)
                    .setNumTaskManagers(1)
                    .setNumSlotsPerTaskManager(Math.max(1, options.getParallelism()))
                    .build());
        cluster.start();
        URI address = cluster.getRestAddress().get();
        return new FlinkSession(cluster, address.getHost() + ":" + address.getPort(), jar);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while Flink starts", e);
      } catch (Exception e) {
        throw new IllegalStateException("Flink does not start: " + e.getMessage(), e);
      }
    }

    private static Path emptyJar() throws IOException {
      Path jar = Files.createTempFile("anabranch-", ".jar");
      Manifest manifest = new Manifest();
      manifest.getMainAttributes().putValue("Manifest-Version", "1.0");
      new JarOutputStream(Files.newOutputStream(jar), manifest).close();
      return jar;
    }
  }

  @Override
  public void join(PipelineOptions options) {
    FlinkPipelineOptions flink = options.as(FlinkPipelineOptions.class);
    flink.setFlinkMaster(master);
    flink.setFilesToStage(List.of(jar.toString()));
  }

  @Override
  public void close() {
    try {
      cluster.close();
      Files.deleteIfExists(jar);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException("Flink does not stop: " + e.getMessage(), e);
    }
  }
}
