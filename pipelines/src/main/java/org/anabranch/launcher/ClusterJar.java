package org.anabranch.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The jar that workers of a cluster load, with the renamed classes the launcher itself must run
 * from. The script starts the launcher from it and names it where it sees the master of a cluster.
 */
final class ClusterJar {

  /** System property that the script sets. */
  static final String PROPERTY = "anabranch.cluster.jar";

  private static final String FILES = "files-to-stage";

  /** The runner's option that says where it runs. */
  private static final Map<String, String> MASTERS =
      Map.of("flink", "flink-master", "spark", "spark-master");

  private ClusterJar() {}

  /**
   * Adds the jar to the options of a run on a cluster, unless they name files themselves.
   *
   * @param more jars and directories of classes with pipelines of others
   * @throws WrongCallException where this process was not started from the jar
   */
  static void stage(String runner, Map<String, Given> options, List<Path> more) {
    String name = MASTERS.get(runner);
    Given master = name == null ? null : options.get(name);
    if (master == null || isEmbedded(master.value()) || options.containsKey(FILES)) {
      return;
    }

    String jar = System.getProperty(PROPERTY);
    if (jar == null) {
      throw new WrongCallException(
          "%s is %s, which the script did not see: write --%s=%s"
              .formatted(master.label(), master.value(), name, master.value()));
    }

    List<String> files = new ArrayList<>(List.of(jar));
    more.forEach(file -> files.add(file.toString()));
    options.put(FILES, Given.onCommandLine(FILES, String.join(",", files)));
  }

  /** Whether a run goes to a cluster, whose parts are processes of their own. */
  static boolean isOnCluster(String runner, Map<String, Given> options) {
    String name = MASTERS.get(runner);
    Given master = name == null ? null : options.get(name);
    return master != null && !isEmbedded(master.value());
  }

  /** Whether the engine runs in this process: {@code local[2]}, {@code [local]}, {@code [auto]}. */
  private static boolean isEmbedded(@Nullable String master) {
    return master == null || master.startsWith("local") || master.startsWith("[");
  }
}
