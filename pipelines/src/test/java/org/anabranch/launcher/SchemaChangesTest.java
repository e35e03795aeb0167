package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.LakeTable;
import org.anabranch.model.Schema.Column;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose rows do not fit the tables that earlier runs have stored. */
class SchemaChangesTest {

  private static final String EVENT =
      """
      {"topic":"s.p.%1$s","partition":0,"offset":%2$d,"key":{"id":%3$d},"value":{"before":null,\
      "after":{"id":%3$d,%4$s},"source":{"connector":"postgresql","name":"s","db":"d","schema":"p",\
      "table":"%1$s","lsn":%2$d,"sequence":"[null,\\"%2$d\\"]","snapshot":"false"},"op":"c",\
      "ts_ms":1}}
      """;

  @TempDir Path directory;

  private Path warehouse;
  private int offset;

  /** Tables {@code orders(id bigint, amount bigint, note string)} and {@code customers}. */
  @BeforeEach
  void storeTables() throws IOException {
    warehouse = directory.resolve("warehouse");
    String first =
        event("customers", 1, "\"name\":\"Ann\"")
            + event("orders", 1, "\"amount\":10,\"note\":\"a\"")
            + event("orders", 2, "\"amount\":20,\"note\":\"b\"");
    Call run = run(first, "--history=orders");
    assertThat(run.err(), run.code(), is(0));
  }

  private String event(String table, int id, String columns) {
    offset++;
    return EVENT.formatted(table, offset, id, columns);
  }

  private Call run(String lines, String... options) throws IOException {
    Path input = directory.resolve("events-" + offset + ".jsonl");
    Files.writeString(input, lines);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "run", "replicate", "--input=" + input, "--warehouse=" + warehouse, "--buckets=2"));
    arguments.addAll(List.of(options));
    return Call.of(arguments.toArray(String[]::new));
  }

  private String show(String table) {
    return Call.of("show", table, "--warehouse=" + warehouse, "--as=jsonl").out();
  }

  /** Types of the source's columns, and the version of the table. */
  private String schema(String table) throws IOException {
    try (Lake lake = Lake.at(LakeConfig.at(warehouse))) {
      LakeTable stored = lake.table(table);
      StringBuilder text = new StringBuilder("version " + stored.version());
      for (Column column : stored.schema().columns()) {
        if (!column.name().startsWith("_ab_")) {
          text.append(", ").append(column.name()).append(' ').append(column.type().plain());
        }
      }

      return text.toString();
    }
  }

  @Test
  void unlessToldOtherwiseTablesEvolve() throws IOException {
    Call run = run(event("orders", 3, "\"amount\":\"many\",\"note\":\"c\",\"rush\":true"));

    assertThat(run.err(), run.code(), is(0));
    assertThat(
        schema("orders"), is("version 2, id bigint, amount string, note string, rush boolean"));
    assertThat(show("orders"), containsString("{\"id\":3,\"amount\":\"many\",\"note\":\"c\""));
  }

  @Test
  void failRefusesTheRunBeforeAnythingIsCommitted() throws IOException {
    Call run =
        run(
            event("customers", 2, "\"name\":\"Bob\"")
                + event("orders", 3, "\"amount\":1.5,\"note\":\"c\",\"rush\":true"),
            "--schema-changes=orders:fail");

    assertThat(run.code(), is(1));
    assertThat(run.out(), is(""));
    List<String> lines = run.err().lines().toList();
    assertThat(lines.size(), is(2));
    assertThat(
        lines.get(1),
        is(
            "anabranch: orders.amount is stored as bigint and would become double; orders.rush"
                + " would be added as boolean; nothing was committed. Write"
                + " --schema-changes=orders:evolve to let that happen, or ignore for evolve to keep"
                + " the schema"));
    assertThat(schema("orders"), is("version 1, id bigint, amount bigint, note string"));
    assertThat(schema("customers"), is("version 1, id bigint, name string"));
    assertThat(show("customers"), is("{\"id\":1,\"name\":\"Ann\"}\n"));
  }

  @Test
  void failForAllNamesAllTablesAndSparesThoseThatAreNamedOrNewOrOurs() throws IOException {
    String lines =
        event("customers", 2, "\"name\":\"Bob\",\"age\":5")
            + event("orders", 3, "\"amount\":\"x\",\"note\":\"c\"")
            + event("returns", 1, "\"why\":\"late\"")
            + "broken\n";
    Call all = run(lines, "--schema-changes=fail");
    assertThat(all.code(), is(1));
    assertThat(all.err(), containsString("customers.age would be added as bigint; orders.amount"));
    assertThat(all.err(), containsString("--schema-changes=customers:evolve,orders:evolve"));

    Call some = run(lines, "--schema-changes=fail,orders:evolve,customers:evolve");
    assertThat(some.err(), some.code(), is(0));
    assertThat(schema("returns"), is("version 1, id bigint, why string"));
    assertThat(schema("orders"), is("version 2, id bigint, amount string, note string"));
  }

  @Test
  void failLetsRowsThatFitPass() throws IOException {
    Call run =
        run(
            event("orders", 3, "\"amount\":30") + event("orders", 1, "\"amount\":11,\"note\":5"),
            "--schema-changes=fail");

    assertThat(run.err(), run.code(), is(0));
    assertThat(schema("orders"), is("version 2, id bigint, amount bigint, note string"));
    assertThat(
        show("orders"),
        is(
            """
            {"id":1,"amount":11,"note":"5"}
            {"id":2,"amount":20,"note":"b"}
            {"id":3,"amount":30,"note":null}
            """));
  }

  @Test
  void aDeclarationChangesASchemaToo() throws IOException {
    Call run =
        run(
            event("orders", 3, "\"amount\":30,\"note\":\"c\""),
            "--schema-changes=orders:fail",
            "--columns=orders:amount decimal(12,2)");

    assertThat(run.code(), is(1));
    assertThat(
        run.err(),
        containsString("orders.amount is stored as bigint and would become decimal(21,2)"));
  }

  @Test
  void aTableOfWhichOnlyTheKeyIsKnownHasNoSchemaYet() throws IOException {
    run(event("returns", 1, "\"why\":\"late\"").replace("\"op\":\"c\"", "\"op\":\"d\""));
    assertThat(schema("returns"), is("version 1, id null"));

    Call run = run(event("returns", 1, "\"why\":\"late\""), "--schema-changes=fail");

    assertThat(run.err(), run.code(), is(0));
    assertThat(schema("returns"), is("version 2, id bigint, why string"));
  }

  @Test
  void ignoreKeepsTheSchemaLeavesColumnsOutAndSetsMisfitsAside() throws IOException {
    Call run =
        run(
            event("orders", 3, "\"rush\":true,\"amount\":30,\"note\":\"c\"")
                + event("orders", 1, "\"amount\":1.5,\"note\":\"half\"")
                + event("orders", 2, "\"amount\":22,\"note\":7,\"rush\":false")
                + event("customers", 2, "\"name\":\"Bob\",\"age\":5"),
            "--schema-changes=orders:ignore");

    assertThat(run.err(), run.code(), is(0));
    assertThat(
        run.out(),
        containsString(
            "note: orders: `rush` is not a column of the stored table, whose schema stays: left"
                + " out (2)\n"));
    assertThat(schema("orders"), is("version 2, id bigint, amount bigint, note string"));
    assertThat(
        show("orders"),
        is(
            """
            {"id":1,"amount":10,"note":"a"}
            {"id":2,"amount":22,"note":"7"}
            {"id":3,"amount":30,"note":"c"}
            """));
    assertThat(
        show("dead_letters"), containsString("column amount must be bigint, as it is stored"));
    assertThat(schema("customers"), is("version 2, id bigint, name string, age bigint"));
    assertThat(
        schema("orders_history"),
        is(
            "version 2, id bigint, amount bigint, note string, valid_from timestamptz, valid_to"
                + " timestamptz, is_current boolean"));
  }

  @Test
  void ignoreTakesTextIntoAColumnOfWhichOnlyNullsWereSeen() throws IOException {
    run(event("orders", 3, "\"amount\":30,\"note\":\"c\",\"rush\":null"));

    Call run =
        run(
            event("orders", 4, "\"amount\":40,\"note\":\"d\",\"rush\":\"x\"")
                + event("orders", 5, "\"amount\":50,\"note\":\"e\",\"rush\":7"),
            "--schema-changes=ignore");

    assertThat(run.err(), run.code(), is(0));
    assertThat(
        show("orders"),
        containsString(
            "\"note\":\"d\",\"rush\":\"x\"}\n{\"id\":5,\"amount\":50,\"note\":\"e\",\"rush\":\"7\"}"));
  }

  @Test
  void whatWasSetAsideComesInWhenTheTableMayEvolve() throws IOException {
    String lines = event("orders", 3, "\"amount\":1.5,\"note\":\"c\"");
    run(lines, "--schema-changes=ignore");
    assertThat(show("orders"), not(containsString("\"id\":3")));

    run(lines);

    assertThat(show("orders"), containsString("{\"id\":3,\"amount\":1.5,\"note\":\"c\"}"));
  }

  @Test
  void whatWasLeftOutComesWithLaterChanges() throws IOException {
    String change = event("customers", 1, "\"name\":\"Ann\",\"age\":5");
    run(change, "--schema-changes=ignore");
    assertThat(show("customers"), is("{\"id\":1,\"name\":\"Ann\"}\n"));

    run(change + event("customers", 2, "\"name\":\"Bob\",\"age\":6"));
    assertThat(
        show("customers"),
        is(
            """
            {"id":1,"name":"Ann","age":null}
            {"id":2,"name":"Bob","age":6}
            """));

    run(event("customers", 1, "\"name\":\"Ann\",\"age\":5"));
    assertThat(show("customers"), containsString("{\"id\":1,\"name\":\"Ann\",\"age\":5}"));
  }

  @Test
  void whatWasLeftOutOfATableWithAHistoryComesWithTheSameChange() throws IOException {
    String change = event("orders", 1, "\"amount\":11,\"note\":\"a\",\"rush\":true");
    run(change, "--schema-changes=ignore");

    run(change);

    assertThat(
        show("orders"), containsString("{\"id\":1,\"amount\":11,\"note\":\"a\",\"rush\":true"));
  }

  @Test
  void ignoredChangesInAnyOrderAndCutEndInTheSameTables() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String amount = i % 7 == 0 ? "\"x\"" : i % 5 == 0 ? "2.5" : "" + i;
      String more = i % 3 == 0 ? ",\"rush\":" + i : "";
      lines.add(event("orders", 1 + i % 9, "\"amount\":" + amount + ",\"note\":" + i + more));
    }

    Path second = directory.resolve("again");
    storeAgain(second);
    Call once = run(String.join("", lines), "--schema-changes=orders:ignore");
    assertThat(once.err(), once.code(), is(0));
    Map<String, String> expected = tables();

    warehouse = second;
    Collections.shuffle(lines, new Random(1));
    for (int from = 0; from < lines.size(); from += 20) {
      offset++;
      String part = String.join("", lines.subList(from, from + 20));
      Call run = run(part, "--schema-changes=orders:ignore");
      assertThat(run.err(), run.code(), is(0));
    }

    assertThat(tables(), is(expected));
  }

  private Map<String, String> tables() {
    Map<String, String> tables = new TreeMap<>();
    for (String table : List.of("orders", "orders_history")) {
      tables.put(table, show(table));
    }

    return tables;
  }

  /** The same tables once more, made by the same changes: a warehouse cannot be copied. */
  private void storeAgain(Path other) {
    Path input = directory.resolve("events-3.jsonl");
    Call run =
        Call.of(
            "run",
            "replicate",
            "--input=" + input,
            "--warehouse=" + other,
            "--buckets=2",
            "--history=orders");
    assertThat(run.err(), run.code(), is(0));
  }

  @Test
  void aFileSaysItByTable() throws IOException {
    Path config = directory.resolve("run.yaml");
    Files.writeString(config, "tables:\n  orders: {schema-changes: ignore}\n  customers:\n");
    String lines = event("orders", 3, "\"amount\":30,\"rush\":true");

    Call ignored = run(lines, "--config=" + config);
    assertThat(ignored.err(), ignored.code(), is(0));
    assertThat(schema("orders"), is("version 2, id bigint, amount bigint, note string"));

    Call failed = run(lines, "--config=" + config, "--schema-changes=orders:fail");
    assertThat(failed.code(), is(1));
  }

  @Test
  void aNameThatNoTableHasIsTold() throws IOException {
    Call run = run(event("orders", 3, "\"amount\":30"), "--schema-changes=ordres:fail,orders:fail");

    assertThat(run.err(), run.code(), is(0));
    assertThat(
        run.out(),
        containsString("note: ordres: --schema-changes names this table, but there is none\n"));
    assertThat(run.out(), not(containsString("note: orders: --schema")));
  }

  @Test
  void checkSaysWhatHappensToSchemas() throws IOException {
    Path input = directory.resolve("events-3.jsonl");
    Call check =
        Call.of(
            "check",
            "replicate",
            "--input=" + input,
            "--warehouse=" + warehouse,
            "--keys=orders:id",
            "--schema-changes=orders:ignore");

    assertThat(check.out(), containsString("table         orders, key id, schema changes: ignore"));
  }

  @Test
  void aBaseThatDoesNotFitAKeptSchemaIsAWrongCall() throws IOException {
    Path exported = directory.resolve("exported");
    run(event("customers", 2, "\"name\":\"Bob\",\"age\":5"));
    Call.of("export", "customers", "--warehouse=" + warehouse, "--output=" + exported);
    warehouse = directory.resolve("other");
    run(event("customers", 1, "\"name\":\"Ann\""));

    Call run =
        run(
            event("customers", 2, "\"name\":\"Eve\""),
            "--keys=customers:id",
            "--base=customers=" + exported + "/*.parquet",
            "--schema-changes=ignore");

    assertThat(run.code(), is(2));
    assertThat(
        run.err(),
        containsString(
            "the base of table 'customers' has a column age of type bigint, but the table, whose"
                + " schema is to stay, has no such column"));
  }
}
