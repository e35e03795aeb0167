package org.anabranch.transforms.parse;

import static org.anabranch.transforms.parse.RecordedChanges.OPEN;
import static org.anabranch.transforms.parse.RecordedChanges.config;
import static org.anabranch.transforms.parse.RecordedChanges.parse;
import static org.anabranch.transforms.parse.RecordedChanges.routed;
import static org.anabranch.transforms.parse.RecordedChanges.table;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.transforms.parse.ParseConfig.Others;
import org.anabranch.transforms.parse.ParseConfig.Tombstones;
import org.anabranch.transforms.parse.Route.Column;
import org.anabranch.transforms.parse.Route.Use;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** To which tables changes go, and what tells shards apart. */
class RoutesTest {

  private static final Column SHARD_KEY = new Column("shard", "$1", Use.KEY);
  private static final Route SHARDS = route("s(\\d)\\.t", "t", SHARD_KEY);

  private static Route route(String pattern, String table, Column... columns) {
    return new Route(pattern, table, List.of(columns));
  }

  /** Event of a table in a schema of PostgreSQL's, or in a database of MySQL's. */
  private static String line(String op, String schema, String table, String key, String rows) {
    String place =
        schema.startsWith("s")
            ? "\"connector\":\"mysql\",\"name\":\"srv\",\"db\":\"%s\",\"file\":\"b.1\",\"pos\":4"
            : "\"connector\":\"postgresql\",\"name\":\"srv\",\"db\":\"d\",\"schema\":\"%s\","
                + "\"sequence\":\"[\\\"3\\\",\\\"4\\\"]\",\"lsn\":4";
    return ("{\"topic\":\"srv.%s.%s\",\"key\":%s,\"value\":{%s,\"source\":{"
            + place
            + ",\"table\":\"%s\"},\"op\":\"%s\"}}")
        .formatted(schema, table, key, rows, schema, table, op);
  }

  private static String created(String schema, String table) {
    return line("c", schema, table, "{\"id\":1}", "\"after\":{\"id\":1}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"srv\\.a\\.t", "d\\.a\\.t", "a\\.t", "t", ".*"})
  void aRouteMatchesOneOfTheNamesOfATable(String pattern) {
    assertEquals(
        List.of("image x [id] {id=Long:1}"),
        parse(routed(OPEN, route(pattern, "x")), created("a", "t")).calls);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "\\.t", "srv\\.d\\.t", "srv\\.a", "T", "d\\.t"})
  void aRouteMatchesANameAsAWhole(String pattern) {
    assertEquals(
        List.of("image t [id] {id=Long:1}"),
        parse(routed(OPEN, route(pattern, "x")), created("a", "t")).calls);
  }

  @ParameterizedTest
  @ValueSource(strings = {"srv\\.s1\\.t", "s1\\.t"})
  void aSourceWithoutSchemasIsNamedByItsDatabase(String pattern) {
    assertEquals(
        List.of("image x [id] {id=Long:1}"),
        parse(routed(OPEN, route(pattern, "x")), created("s1", "t")).calls);
  }

  @Test
  void theTopicIsMatchedWhateverItIsCalled() {
    assertEquals(
        List.of("image x [id] {id=Long:1}"),
        parse(
                routed(OPEN, route("any/thing", "x")),
                created("a", "t").replace("srv.a.t", "any/thing"))
            .calls);
  }

  @Test
  void theFirstRouteThatMatchesDecidesAndItsGroupsAreInTheName() {
    ParseConfig config =
        routed(
            OPEN,
            route("a\\.(?<name>t|u)(x)?", "$2${name}\\$_1"),
            route("(\\w+)\\.(\\w+)", "$1_$2"),
            route("t", "never"));
    assertEquals(
        List.of(
            "image t$_1 [id] {id=Long:1}",
            "image b_t [id] {id=Long:1}",
            "image xt$_1 [id] {id=Long:1}",
            "image t$_1 [id] {id=Long:1}",
            "image b_u [id] {id=Long:1}"),
        parse(
                config,
                created("a", "t"),
                created("b", "t"),
                created("a", "tx"),
                created("a", "t"),
                created("b", "u"))
            .calls);
  }

  @Test
  void deletesTruncatesAndTombstonesGoTheSameWay() {
    ParseConfig config = routed(config(Others.READ, Tombstones.DELETE), route("a\\.(t)", "a_$1"));
    assertEquals(
        List.of("delete a_t [id]", "truncate a_t", "delete a_t [id]", "delete t [id]"),
        parse(
                config,
                line("d", "a", "t", "{\"id\":1}", "\"after\":null"),
                line("t", "a", "t", "null", "\"after\":null"),
                "{\"topic\":\"srv.a.t\",\"key\":{\"id\":1},\"value\":null}",
                "{\"topic\":\"srv.b.t\",\"key\":{\"id\":1},\"value\":null}")
            .calls);
  }

  @Test
  void whatIsDeclaredIsDeclaredOfTheRoutedName() {
    ParseConfig config =
        routed(
            config(Others.IGNORE, Tombstones.IGNORE, table("x", List.of("id"), Map.of("v", "int"))),
            route("a\\.t", "x"));
    assertEquals(
        List.of(
            "image x [id] {id=Long:1, v=Long:2}",
            "ignored other-table",
            "dead x wrong-type: column v must be int, but is \"y\"; declared with --columns=x:v int"),
        parse(
                config,
                line("c", "a", "t", "null", "\"after\":{\"id\":1,\"v\":2}"),
                created("b", "t"),
                line("c", "a", "t", "null", "\"after\":{\"id\":1,\"v\":\"y\"}"))
            .calls);
  }

  @ParameterizedTest
  @CsvSource({"$1/x,a/x", ".$1,.a", "dead_letters,dead_letters", "$2,''"})
  void aNameThatNoTableCanHaveIsDead(String name, String routed) {
    assertEquals(
        List.of("dead null unusable-table-name: no table can have the name `" + routed + "`"),
        parse(routed(OPEN, route("(a)\\.t(x)?", name)), created("a", "t")).calls);
  }

  @Test
  void theTopicsOfPlainRowsAreRouted() {
    ParseConfig config =
        routed(
            config(
                new TableSpec("clicks", List.of("id"), Map.of(), Set.of(), TableSpec.Form.ROWS),
                new TableSpec("views", List.of("id"), Map.of(), Set.of(), TableSpec.Form.ROWS)),
            route("web\\.(eu|us)\\.c", "clicks", new Column("region", "in $1", Use.PLAIN)));
    assertEquals(
        List.of(
            "image clicks [id] {id=Long:1, region=String:\"in eu\"}",
            "image clicks [id] {id=Long:2, region=String:\"in us\"}",
            "image views [id] {id=Long:3}"),
        parse(
                config,
                "{\"topic\":\"web.eu.c\",\"value\":{\"id\":1}}",
                "{\"value\":{\"id\":2},\"topic\":\"web.us.c\"}",
                "{\"topic\":\"web.views\",\"value\":{\"id\":3}}")
            .calls);
  }

  @Test
  void theShardIsAPartOfTheKeyOfEveryChange() {
    ParseConfig config = routed(config(Others.READ, Tombstones.DELETE), SHARDS);
    RecordedChanges changes =
        parse(
            config,
            created("s1", "t"),
            created("s2", "t"),
            line("d", "s1", "t", "{\"id\":1}", "\"after\":null"),
            "{\"topic\":\"srv.s2.t\",\"key\":{\"id\":1},\"value\":null}",
            created("s1", "u"));
    assertEquals(
        List.of(
            "image t [id, shard] {id=Long:1, shard=String:\"1\"}",
            "image t [id, shard] {id=Long:1, shard=String:\"2\"}",
            "delete t [id, shard]",
            "delete t [id, shard]",
            "image u [id] {id=Long:1}"),
        changes.calls);
    assertEquals(changes.keys.get(0), changes.keys.get(2));
    assertEquals(changes.keys.get(1), changes.keys.get(3));
    assertTrue(!changes.keys.get(0).equals(changes.keys.get(1)));
  }

  @Test
  void theFieldOfARouterIsOfNoUseBesideTheShardOfARoute() {
    String key = "{\"id\":1,\"router\":\"x\"}";
    RecordedChanges changes =
        parse(
            routed(OPEN, SHARDS),
            line("c", "s1", "t", key, "\"after\":{\"id\":1}"),
            line("d", "s1", "t", key, "\"before\":{\"id\":1},\"after\":null"));
    assertEquals(
        List.of("image t [id, shard] {id=Long:1, shard=String:\"1\"}", "delete t [id, shard]"),
        changes.calls);
    assertEquals(changes.keys.get(0), changes.keys.get(1));
    assertEquals(List.of(), changes.facts);
  }

  @Test
  void theShardIsAPartOfADeclaredKeyThatNamesIt() {
    ParseConfig config = routed(config(table("t", List.of("shard", "id"), Map.of())), SHARDS);
    RecordedChanges changes =
        parse(
            config,
            line("c", "s1", "t", "null", "\"after\":{\"id\":1}"),
            line("d", "s1", "t", "null", "\"before\":{\"id\":1},\"after\":null"));
    assertEquals(
        List.of("image t [shard, id] {id=Long:1, shard=String:\"1\"}", "delete t [shard, id]"),
        changes.calls);
    assertEquals(changes.keys.get(0), changes.keys.get(1));
  }

  /** Else rows of two shards would have one key. */
  @Test
  void aKeyWithoutTheShardThatItsRouteAddsIsDead() {
    String dead =
        "dead t missing-key: the key of the table must have column shard, which its route adds to it";
    for (TableSpec spec :
        List.of(
            table("t", List.of("id"), Map.of()),
            TableSpec.named("t").withStoredKey(List.of("id")))) {
      assertEquals(
          List.of(dead, dead),
          parse(
                  routed(config(spec), SHARDS),
                  created("s1", "t"),
                  line("d", "s1", "t", "{\"id\":1}", "\"after\":null"))
              .calls);
    }
  }

  @Test
  void anEventWithoutAKeyGetsNoneFromItsRoute() {
    assertEquals(
        List.of("dead t missing-key: the event has no key; columns are id, shard"),
        parse(routed(OPEN, SHARDS), line("c", "s1", "t", "null", "\"after\":{\"id\":1}")).calls);
  }

  @Test
  void theShardAsAPlainColumnOverrulesOneOfItsName() {
    Column plain = new Column("shard", "$1", Use.PLAIN);
    assertEquals(
        List.of("image t [id] {id=Long:1, shard=String:\"1\", v=Long:2}"),
        parse(
                routed(OPEN, route("s(\\d)\\.t", "t", plain)),
                line("c", "s1", "t", "{\"id\":1}", "\"after\":{\"id\":1,\"shard\":9,\"v\":2}"))
            .calls);
  }

  @Test
  void theOldKeyOfAChangedOneHasTheShardToo() {
    String line =
        line(
                "c",
                "s1",
                "t",
                "{\"id\":2}",
                "\"after\":{\"id\":2,\"a\":\"" + ParseConfig.UNAVAILABLE + "\"}")
            .replace(
                "\"value\"", "\"headers\":{\"__debezium.oldkey\":\"{\\\"id\\\":1}\"},\"value\"");
    RecordedChanges changes = parse(routed(OPEN, SHARDS), created("s1", "t"), line);
    assertEquals(
        "carried t " + changes.keys.get(0) + " to " + changes.keys.get(1), changes.calls.get(2));
  }

  /** The rows of the other shards would be gone as well. */
  @Test
  void aTruncateOfOneShardIsDead() {
    assertEquals(
        List.of(
            "dead t truncate-of-a-shard: the route of the table puts others into it, whose rows"
                + " would be gone as well"),
        parse(routed(OPEN, SHARDS), line("t", "s1", "t", "null", "\"after\":null")).calls);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a( | t | x | is no regular expression",
        "a | $1 | x | must name groups of /a/",
        "(a) | t$x | x | must name groups of /(a)/",
        "(a) | t$ | x | must name groups of /(a)/",
        "(?<n>a) | ${m} | x | must name groups of /(?<n>a)/",
        "(?<n>a) | ${n | x | must name groups of /(?<n>a)/",
        "a | t | _ab_x | does not begin with _ab_",
      })
  void aRouteThatCannotBeIsRefused(String pattern, String table, String column, String expected) {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> route(pattern, table, new Column(column, "v", Use.PLAIN)));
    assertTrue(refused.getMessage().contains(expected), refused.getMessage());
  }
}
