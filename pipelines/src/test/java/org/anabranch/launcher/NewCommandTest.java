package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A skeleton compiles against what is on the class path, and its own test passes. */
class NewCommandTest {

  @TempDir private Path directory;

  @Test
  void theTestOfASkeletonPasses() throws Exception {
    Path project = directory.resolve("project");
    Call call = Call.of("new", "pipeline", "order-totals", "--dir=" + project);

    assertThat(call.err(), call.code(), is(0));
    assertThat(call.out().lines().toList(), hasSize(5));
    assertThat(
        Files.readString(project.resolve("pom.xml")),
        containsString("<artifactId>order-totals</artifactId>"));
    Path classes = compile(project);
    copy(project.resolve("src/main/resources"), classes);
    runTest(classes, "com.example.ordertotals.OrderTotalsTest");
  }

  private Path compile(Path project) throws IOException {
    Path classes = Files.createDirectories(directory.resolve("classes"));
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-proc:none",
                "-Xlint:all,-processing,-path,-classfile",
                "-Werror",
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path"))));
    try (Stream<Path> sources = Files.walk(project.resolve("src"))) {
      sources.map(Path::toString).filter(path -> path.endsWith(".java")).forEach(arguments::add);
    }

    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    assertThat(compiler.run(null, null, null, arguments.toArray(String[]::new)), is(0));
    return classes;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }

  private static void runTest(Path classes, String name) throws Exception {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, before)) {
      Thread.currentThread().setContextClassLoader(loader);
      Class<?> test = loader.loadClass(name);
      Constructor<?> constructor = test.getDeclaredConstructor();
      constructor.setAccessible(true);
      int tests = 0;
      for (Method method : test.getDeclaredMethods()) {
        if (method.isAnnotationPresent(Test.class)) {
          method.setAccessible(true);
          method.invoke(constructor.newInstance());
          tests++;
        }
      }

      assertThat(tests, is(1));
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "new | the call is: anabranch new pipeline NAME",
        "new table x | the call is: anabranch new pipeline NAME",
        "new pipeline X1 | words of lower-case letters and digits",
        "new pipeline replicate | there is a pipeline 'replicate' already",
        "new pipeline x y | a word too many: 'y'",
      })
  void wrongCallsEndWithTwo(String line, String reason) {
    Call call = Call.of(line.split(" "));

    assertThat(call.err(), containsString(reason));
    assertThat(call.code(), is(2));
  }

  @Test
  void nothingIsWrittenOver() throws IOException {
    Path mine = Files.writeString(directory.resolve("mine"), "mine");

    Call call = Call.of("new", "pipeline", "mine", "--dir=" + directory);

    assertThat(call.code(), is(2));
    assertThat(call.err(), containsString("must be empty or missing"));
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.filter(file -> !file.equals(mine)).toList(), is(empty()));
    }
  }
}
