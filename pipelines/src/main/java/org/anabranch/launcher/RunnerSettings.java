package org.anabranch.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * The file {@code runners-config/RUNNER/settings.yaml}: flags of the JVM, which the script reads,
 * and the runner's options unless a run says otherwise.
 */
final class RunnerSettings {

  /** The directory of the project, in a value. */
  private static final String HOME = "${home}";

  private static final String JVM = "jvm";
  private static final String EMBEDDED = "embedded";
  private static final String OPTIONS = "options";

  private RunnerSettings() {}

  /** Options by name; none where the file is missing. */
  static Map<String, Given> options(Path home, String runner, Map<String, String> environment) {
    Path path = home.resolve("runners-config").resolve(runner).resolve("settings.yaml");
    if (!Files.exists(path)) {
      return Map.of();
    }

    YamlFile file = YamlFile.read(path, environment);
    Node options = file.entries(List.of(JVM, EMBEDDED, OPTIONS)).get(OPTIONS);
    Map<String, Given> values = new LinkedHashMap<>();
    if (options != null) {
      file.entries(options)
          .forEach(
              (name, node) ->
                  values.put(
                      name,
                      new Given(
                          String.join(",", file.texts(node, HOME, home.toString())),
                          file.place(node),
                          name)));
    }

    return values;
  }
}
