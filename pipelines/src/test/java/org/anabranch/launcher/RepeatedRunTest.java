package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run over what is in already changes nothing: no table gets another version. */
class RepeatedRunTest {

  @TempDir Path directory;

  @Test
  void theSameInputAgainMakesNoVersion() throws IOException {
    Path shop = directory.resolve("shop");
    Path warehouse = directory.resolve("warehouse");
    assertThat(call("generate", "--output=" + shop, "--customers=20", "--files=1").code(), is(0));
    Files.writeString(shop.resolve("broken.jsonl"), "broken\n");
    String input = "--input=" + shop + "/*.jsonl*";
    String[] run = {"run", "customer-360", input, "--warehouse=" + warehouse, "--buckets=2"};
    Call first = call(run);
    assertThat(first.err(), first.code(), is(0));
    String tables = call("tables", "--warehouse=" + warehouse, "--as=jsonl").out();
    assertThat(tables, containsString("customer_insights"));
    assertThat(tables, containsString("dead_letters"));

    Call second = call(run);

    assertThat(second.err(), second.code(), is(0));
    assertThat(call("tables", "--warehouse=" + warehouse, "--as=jsonl").out(), is(tables));
  }

  @Test
  void aHistoryStaysToo() throws IOException {
    Path shop = directory.resolve("shop");
    Path warehouse = directory.resolve("warehouse");
    assertThat(call("generate", "--output=" + shop, "--customers=20", "--files=1").code(), is(0));
    String[] run = {
      "run",
      "replicate",
      "--input=" + shop + "/*.jsonl*",
      "--warehouse=" + warehouse,
      "--buckets=2",
      "--history=orders"
    };
    assertThat(call(run).code(), is(0));
    String tables = call("tables", "--warehouse=" + warehouse, "--as=jsonl").out();
    assertThat(tables, containsString("orders_history"));

    assertThat(call(run).code(), is(0));

    assertThat(call("tables", "--warehouse=" + warehouse, "--as=jsonl").out(), is(tables));
  }

  private static Call call(String... arguments) {
    return Call.of(arguments);
  }
}
