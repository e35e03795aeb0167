package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.anabranch.launcher.CallContext.Screen;
import org.anabranch.pipelines.ComputeTables;
import org.anabranch.pipelines.Target;
import org.anabranch.transforms.merge.PerRun.RunScope;
import org.anabranch.transforms.parse.TableSpec;
import org.anabranch.transforms.parse.TableSpec.Form;
import org.anabranch.transforms.report.WriteReport;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pipelines of others are found on the class path and run like ours. */
class PipelinesOfOthersTest {

  private static final String ORDER =
      """
      {"topic":"s.p.orders","partition":0,"offset":%1$d,"key":{"id":%2$d},"value":{"before":null,\
      "after":{"id":%2$d,"country":"%3$s","amount":%4$d},"source":{"connector":"postgresql",\
      "name":"s","db":"d","schema":"p","table":"orders","lsn":%1$d,\
      "sequence":"[null,\\"%1$d\\"]","snapshot":"false"},"op":"u","ts_ms":1}}
      """;

  @TempDir private Path directory;
  private final ClassLoader before = Thread.currentThread().getContextClassLoader();
  private Path warehouse;

  @BeforeEach
  void name() {
    warehouse = directory.resolve("warehouse");
  }

  @AfterEach
  void forget() {
    Thread.currentThread().setContextClassLoader(before);
  }

  /** Amounts of orders by country. */
  public static final class Totals implements PipelineDefinition {

    static final OptionSpec SUFFIX =
        new OptionSpec("suffix", "TEXT", "", "behind the name of the table (default none)");

    @Override
    public int compiledAgainst() {
      return VERSION;
    }

    @Override
    public String name() {
      return "totals";
    }

    @Override
    public String summary() {
      return "amounts of orders by country";
    }

    @Override
    public List<OptionSpec> options() {
      List<OptionSpec> options = new ArrayList<>(PipelineCall.INPUT_OPTIONS);
      options.add(SUFFIX);
      return options;
    }

    @Override
    public PlannedPipeline plan(PipelineCall call) {
      String suffix = call.options().isGiven(SUFFIX) ? call.options().text(SUFFIX) : "";
      if (suffix.contains("/")) {
        throw new IllegalArgumentException("--suffix must be without '/', but was: " + suffix);
      }

      TableSpec orders =
          new TableSpec(
              "orders",
              List.of("id"),
              Map.of("id", "bigint", "country", "string", "amount", "bigint"),
              Set.of(),
              Form.CHANGES);
      return PlannedPipeline.of(
          ComputeTables.of(call.tables(orders))
              .reading(
                  "orders",
                  Schema.builder().addStringField("country").addInt64Field("amount").build())
              .computing("totals" + suffix, 1, List.of("country"), new Sums()));
    }
  }

  /** Sums of the amounts by country. */
  static final class Sums extends PTransform<PCollectionTuple, PCollection<Row>> {

    private static final long serialVersionUID = 1;
    private static final Schema TOTALS =
        Schema.builder().addStringField("country").addInt64Field("total").build();

    @Override
    public PCollection<Row> expand(PCollectionTuple tables) {
      PCollection<Row> orders = tables.get("orders");
      return orders
          .apply(
              "Amounts",
              MapElements.into(
                      TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.longs()))
                  .via(order -> KV.of(order.getString("country"), order.getInt64("amount"))))
          .apply(Sum.longsPerKey())
          .apply(
              "Rows",
              MapElements.into(TypeDescriptors.rows())
                  .via(
                      sum ->
                          Row.withSchema(TOTALS).addValues(sum.getKey(), sum.getValue()).build()))
          .setRowSchema(TOTALS);
    }
  }

  /** Has the name of one of ours. */
  public static final class Namesake extends Wrapper {
    @Override
    public String name() {
      return "replicate";
    }
  }

  /** Was compiled when the interface was another one. */
  public static final class Old extends Wrapper {
    @Override
    public int compiledAgainst() {
      return VERSION - 1;
    }
  }

  /** Calls what is not there any more. */
  public static final class Unlinked extends Wrapper {
    @Override
    public List<OptionSpec> options() {
      throw new NoSuchMethodError("OptionSpec.ofSize(String)");
    }
  }

  /** Gives an option of every run another meaning. */
  public static final class Clashing extends Wrapper {
    @Override
    public List<OptionSpec> options() {
      return List.of(OptionSpec.of("every", "N", "every nth order"));
    }
  }

  /** Fails once all is written, in place of the step that commits. */
  public static final class NeverCommits extends Wrapper {
    @Override
    public PlannedPipeline plan(PipelineCall call) {
      PlannedPipeline totals = super.plan(call);
      return new PlannedPipeline(
          totals.tables(),
          totals.computed(),
          (pipeline, source, target) -> {
            RunScope run = Objects.requireNonNull(target.runs().find(GlobalWindow.INSTANCE));
            totals.build(pipeline, source, Target.of(run, target.schemaChanges()));
            pipeline
                .apply("Last", Create.of(run.directory()))
                .apply("Fail", ParDo.of(new FailsOnceAllIsWritten()));
          });
    }
  }

  static final class FailsOnceAllIsWritten extends DoFn<String, Void> {

    private static final long serialVersionUID = 1;
    private static final int MAX_LOOKS = 6_000;

    @ProcessElement
    public void process(@Element String directory) throws InterruptedException {
      Path report = Path.of(directory).resolve(WriteReport.FILE);
      for (int look = 0; look < MAX_LOOKS && !Files.exists(report); look++) {
        TimeUnit.MILLISECONDS.sleep(10);
      }

      throw new IllegalStateException("the disk of the worker is gone");
    }
  }

  abstract static class Wrapper implements PipelineDefinition {

    private final Totals totals = new Totals();

    @Override
    public int compiledAgainst() {
      return totals.compiledAgainst();
    }

    @Override
    public String name() {
      return "wrapper";
    }

    @Override
    public String summary() {
      return totals.summary();
    }

    @Override
    public List<OptionSpec> options() {
      return totals.options();
    }

    @Override
    public PlannedPipeline plan(PipelineCall call) {
      return totals.plan(call);
    }
  }

  @Test
  void aPipelineOfOthersRunsLikeOurs() throws IOException {
    define(Totals.class.getName());

    assertThat(Call.of("pipelines").out(), containsString("totals        amounts of orders"));
    assertThat(Call.of("run", "totals", "--help").out(), containsString("--suffix=TEXT"));

    String input = input(ORDER.formatted(1, 1, "DE", 5) + ORDER.formatted(2, 2, "DE", 6));
    String in = "--input=" + input;
    String to = "--warehouse=" + warehouse;
    assertThat(
        Call.of("check", "totals", in, to).out(),
        allOf(startsWith("pipeline      totals"), containsString("ok: nothing was run")));

    Call run = Call.of("run", "totals", in, to, "--durability=process");
    assertThat(run.err(), run.code(), is(0));
    assertThat(show("totals"), is("{\"country\":\"DE\",\"total\":11}\n"));

    input(ORDER.formatted(3, 2, "FR", 7));
    Call next = Call.of("run", "totals", in, to, "--durability=process");
    assertThat(next.err(), next.code(), is(0));
    assertThat(
        show("totals"), is("{\"country\":\"DE\",\"total\":5}\n{\"country\":\"FR\",\"total\":7}\n"));
    assertThat(Call.of("tables", to, "--as=jsonl").out(), containsString("\"behind\":{}"));
  }

  @Test
  void aRunWhoseLastStepFailsIsCommittedByItsOwner() throws IOException {
    define(NeverCommits.class.getName());

    String in = "--input=" + input(ORDER.formatted(1, 1, "DE", 5));
    // What fails waits for the others.
    String[] call = {
      "run",
      "wrapper",
      in,
      "--warehouse=" + warehouse,
      "--durability=process",
      "--target-parallelism=2"
    };
    Call run = Call.of(call);

    assertThat(run.err(), run.code(), is(0));
    assertThat(
        run.err(),
        containsString("the last step failed, trying once more: the disk of the worker is gone\n"));
    assertThat(show("totals"), is("{\"country\":\"DE\",\"total\":5}\n"));
  }

  @Test
  void whatItSaysOfItsOptionsEndsTheCall() throws IOException {
    define(Totals.class.getName());

    Call call =
        Call.of(
            "run", "totals", "--input=" + input("{}"), "--warehouse=" + warehouse, "--suffix=a/b");

    assertThat(call.code(), is(2));
    assertThat(call.err(), is("anabranch: --suffix must be without '/', but was: a/b\n"));
  }

  @Test
  void twoPipelinesOfOneNameAreRefused() throws IOException {
    refused(
        Namesake.class.getName(),
        "two pipelines are called 'replicate', org.anabranch.launcher.ReplicateDefinition and "
            + Namesake.class.getName());
  }

  @Test
  void aPipelineOfAnotherVersionIsRefused() throws IOException {
    refused(Old.class.getName(), "was compiled against version 0 of PipelineDefinition");
    refused(Unlinked.class.getName(), "OptionSpec.ofSize(String); compile it against this one");
  }

  @Test
  void anOptionOfEveryRunKeepsItsMeaning() throws IOException {
    refused(Clashing.class.getName(), "pipeline 'wrapper' has an option --every");
  }

  @Test
  void aClassThatIsNotThereIsNamed() throws IOException {
    refused("com.example.Gone", "Provider com.example.Gone not found");
  }

  /** Only calls that look for pipelines need them. */
  @Test
  void tablesAreShownAllTheSame() throws IOException {
    Files.createDirectories(warehouse);
    define("com.example.Gone");

    assertThat(Call.of("tables", "--warehouse=" + warehouse).code(), is(0));
  }

  @Test
  void aClassPathEntryThatIsMissingOrNoJarIsNamed() throws IOException {
    Path missing = directory.resolve("missing.jar");
    Path broken = Files.writeString(directory.resolve("broken.jar"), "PK");

    assertThat(
        errorWith(missing.toString()),
        is(
            "anabranch: ANABRANCH_CLASSPATH names %s, which is not there; it must list jars or directories of classes, separated by ':'\n"
                .formatted(missing)));
    assertThat(errorWith(directory + ":" + broken), containsString(broken + ", which is no jar: "));
    assertThat(errorWith(directory + "/*"), containsString(broken + ", which is no jar: "));
    assertThat(errorWith(directory + "::"), is(""));
  }

  private String errorWith(String classPath) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.call(
            List.of("pipelines"),
            new CallContext(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Screen.LOG,
                directory,
                Map.of("ANABRANCH_CLASSPATH", classPath)));
    String text = err.toString(StandardCharsets.UTF_8);
    assertThat(text, code, is(text.isEmpty() ? 0 : 2));
    return text;
  }

  private void refused(String definition, String reason) throws IOException {
    define(definition);

    for (String call : List.of("pipelines", "run replicate --input=x --warehouse=w")) {
      Call refused = Call.of(call.split(" "));
      assertThat(refused.err(), refused.code(), is(2));
      assertThat(refused.err(), allOf(startsWith("anabranch: "), containsString(reason)));
      assertThat(refused.err().lines().count(), is(1L));
    }
  }

  /** Puts a folder on the class path that lists a definition. */
  private void define(String definition) throws IOException {
    Path services = Files.createDirectories(directory.resolve("classes/META-INF/services"));
    Files.writeString(services.resolve(PipelineDefinition.class.getName()), definition + "\n");
    Thread.currentThread().setContextClassLoader(classLoader());
  }

  /** Stays open: what was found by it is loaded by its parent. */
  private ClassLoader classLoader() throws MalformedURLException {
    return new URLClassLoader(new URL[] {directory.resolve("classes/").toUri().toURL()}, before);
  }

  private String input(String lines) throws IOException {
    return Files.writeString(directory.resolve("orders.jsonl"), lines).toString();
  }

  private String show(String table) {
    return Call.of("show", table, "--warehouse=" + warehouse, "--as=jsonl").out();
  }
}
