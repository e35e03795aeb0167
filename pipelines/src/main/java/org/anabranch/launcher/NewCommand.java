package org.anabranch.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.lang.model.SourceVersion;

/** {@code new}: writes the skeleton of a pipeline of one's own, with a test that passes. */
final class NewCommand implements Command {

  private static final String PIPELINE = "pipeline";
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

  private static final OptionSpec DIRECTORY =
      OptionSpec.of("dir", "DIR", "where it is written; must be empty (default: ./NAME)");

  @Override
  public String name() {
    return "new";
  }

  @Override
  public String summary() {
    return "write the skeleton of a pipeline of your own";
  }

  @Override
  public String usage() {
    return "new pipeline NAME [--dir=DIR]";
  }

  @Override
  public List<OptionSpec> options() {
    return List.of(DIRECTORY);
  }

  @Override
  public boolean looksForPipelines() {
    return true;
  }

  @Override
  public void run(CommandLine line, CallContext context) {
    if (line.words().size() < 2 || !line.words().get(0).equals(PIPELINE)) {
      throw new WrongCallException("the call is: anabranch " + usage());
    }

    Settings settings = Words.check(this, line, 2);
    String name = line.words().get(1);
    if (!NAME.matcher(name).matches()) {
      throw new WrongCallException(
          "the name of a pipeline must be words of lower-case letters and digits with dashes between them, but was: "
              + name);
    }

    if (NamedPipeline.labels().contains(name)) {
      throw new WrongCallException("there is a pipeline '" + name + "' already");
    }

    Path directory =
        settings.find(DIRECTORY) == null
            ? Path.of(name).toAbsolutePath()
            : TargetOptions.directory(settings, DIRECTORY);
    try {
      requireEmpty(directory);
      for (Map.Entry<String, String> file : files(name).entrySet()) {
        Path path = directory.resolve(file.getKey());
        Files.createDirectories(Objects.requireNonNull(path.getParent()));
        Files.writeString(path, file.getValue());
        context.out().println(path);
      }
    } catch (IOException e) {
      throw new RunFailedException("cannot write " + directory + ": " + Reasons.of(e), e);
    }

    tellNext(name, directory, context);
  }

  private static void requireEmpty(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }

    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      if (entries.iterator().hasNext()) {
        throw new WrongCallException(
            directory + " must be empty or missing; give another one with --dir=DIR");
      }
    }
  }

  private static void tellNext(String name, Path directory, CallContext context) {
    context.err().println("next, once: mvn -f " + context.home() + " -DskipTests install");
    context.err().println("then:       mvn -f " + directory + " package");
    context
        .err()
        .println(
            "            %s=%s %s run %s --input=FILES --warehouse=DIR"
                .formatted(
                    UserClasses.VARIABLE,
                    directory.resolve("target").resolve(name + "-1.0.0.jar"),
                    context.home().resolve("anabranch"),
                    name));
  }

  /** Texts of the files by their paths. */
  private static Map<String, String> files(String name) {
    String type = className(name);
    String simple = name.replace("-", "");
    String inPackage =
        "com.example." + (SourceVersion.isKeyword(simple) ? simple + PIPELINE : simple);
    Map<String, String> values =
        Map.of(
            "name", name,
            "class", type,
            "package", inPackage,
            "table", name.replace('-', '_') + "_by_kind",
            "version", Main.VERSION);
    String source = "/java/" + inPackage.replace('.', '/') + "/" + type;
    Map<String, String> files = new LinkedHashMap<>();
    files.put("pom.xml", filled("pom.xml", values));
    files.put("src/main" + source + "Definition.java", filled("Definition.java.txt", values));
    files.put("src/main" + source + ".java", filled("Transform.java.txt", values));
    files.put(
        "src/main/resources/META-INF/services/" + PipelineDefinition.class.getName(),
        inPackage + "." + type + "Definition\n");
    files.put("src/test" + source + "Test.java", filled("Test.java.txt", values));
    return files;
  }

  /** {@code order-totals} becomes {@code OrderTotals}. */
  private static String className(String name) {
    StringBuilder type = new StringBuilder();
    for (String word : ListText.split(name, '-')) {
      type.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
    }

    return type.toString();
  }

  private static String filled(String template, Map<String, String> values) {
    try (InputStream in = NewCommand.class.getResourceAsStream("skeleton/" + template)) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      for (Map.Entry<String, String> value : values.entrySet()) {
        text = text.replace("@" + value.getKey() + "@", value.getValue());
      }

      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
