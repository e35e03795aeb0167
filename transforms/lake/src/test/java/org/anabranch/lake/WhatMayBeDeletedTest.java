package org.anabranch.lake;

import static org.anabranch.lake.TestLake.BUCKETS;
import static org.anabranch.lake.TestLake.data;
import static org.anabranch.lake.TestLake.replacing;
import static org.anabranch.lake.TestLake.report;
import static org.anabranch.lake.TestLake.rows;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A warehouse under two names, copied, moved, with links and files of others inside, opened with
 * another catalog: whatever is done to it, the files that anybody needs are there afterwards.
 */
class WhatMayBeDeletedTest {

  private static final UpkeepSettings ONE_VERSION = new UpkeepSettings(1, Duration.ZERO);

  @TempDir Path directory;

  private Path warehouse() {
    return directory.resolve("warehouse");
  }

  private static void replace(Lake lake, String name) throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      run.commit(report("orders", replacing("orders", 0, data(lake, run, "orders", 0, name, 1))));
    }
  }

  private void replace(Path warehouse, String name) throws IOException {
    try (Lake lake = TestLake.at(warehouse)) {
      replace(lake, name);
    }
  }

  private static void compact(Path warehouse) throws IOException {
    try (Lake lake = TestLake.at(warehouse)) {
      lake.compact(ONE_VERSION);
    }
  }

  private static Iterable<String> shown(Path warehouse) throws IOException {
    try (Lake lake = TestLake.at(warehouse)) {
      return rows(lake, "orders");
    }
  }

  /** All files and links below a directory with their bytes, or where they lead. */
  private static Map<String, String> all(Path root) throws IOException {
    Map<String, String> files = new TreeMap<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            boolean isLink = attributes.isSymbolicLink();
            String content =
                isLink
                    ? Files.readSymbolicLink(file).toString()
                    : new String(
                        Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
            files.put(root.relativize(file).toString(), content);
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }

  private static void copy(Path from, Path to) throws IOException {
    for (Map.Entry<String, String> file : all(from).entrySet()) {
      Path target = to.resolve(file.getKey());
      Files.createDirectories(target.getParent());
      Files.copy(from.resolve(file.getKey()), target, LinkOption.NOFOLLOW_LINKS);
    }
  }

  private Set<String> needed() throws IOException {
    try (Lake lake = TestLake.at(warehouse())) {
      return new TreeSet<>(
          References.of("orders", java.util.Objects.requireNonNull(lake.catalog().load("orders"))));
    }
  }

  private Set<String> names() throws IOException {
    Set<String> names = new TreeSet<>();
    all(warehouse()).keySet().forEach(file -> names.add(Path.of(file).getFileName().toString()));
    return names;
  }

  @Test
  void aLinkToAWarehouseIsTheSamePlace() throws IOException {
    replace(warehouse(), "a");
    Path link = Files.createSymbolicLink(directory.resolve("link"), warehouse());
    Files.createDirectories(directory.resolve("mounts"));
    Path inside = Files.createSymbolicLink(directory.resolve("mounts/all"), directory);
    replace(link, "b");
    assertThat(shown(link), contains("1=b"));
    replace(inside.resolve("warehouse"), "c");
    compact(link);
    compact(inside.resolve("warehouse"));
    compact(warehouse());
    assertThat(shown(warehouse()), contains("1=c"));
    assertThat(needed(), everyItem(in(names())));
    // What was written under the link is known under the name that the tables have.
    Files.delete(link);
    assertThat(shown(warehouse()), contains("1=c"));
  }

  @Test
  void aWarehouseMadeThroughALinkIsOpenedByItsOwnName() throws IOException {
    Files.createDirectories(warehouse());
    Path link = Files.createSymbolicLink(directory.resolve("link"), warehouse());
    replace(link, "a");
    replace(warehouse(), "b");
    compact(warehouse());
    assertThat(shown(warehouse()), contains("1=b"));
    assertThat(shown(link), contains("1=b"));
    assertThat(needed(), everyItem(in(names())));
  }

  @Test
  void aCopyIsNotWrittenAndNothingOfItIsDeleted() throws IOException {
    replace(warehouse(), "a");
    replace(warehouse(), "b");
    Path copy = directory.resolve("copy");
    copy(warehouse(), copy);
    Map<String, String> original = all(warehouse());
    Map<String, String> before = all(copy);
    DisplacedTableException refused =
        assertThrows(DisplacedTableException.class, () -> replace(copy, "c"));
    assertThat(
        refused.getMessage(),
        is(
            "table 'orders' was made in %s/anabranch/orders, which is another directory; if %s was copied or moved, make it whole with: anabranch move %s %s"
                .formatted(warehouse(), copy, warehouse(), copy)));
    assertThrows(DisplacedTableException.class, () -> compact(copy));
    assertThat(all(copy), equalTo(before));
    assertThat(all(warehouse()), equalTo(original));
    try (Lake lake = TestLake.at(copy)) {
      assertThat(lake.table("orders").elsewhere(), is(warehouse() + "/anabranch/orders"));
      assertThat(rows(lake, "orders"), contains("1=b"));
    }
  }

  @Test
  void aMovedWarehouseIsNeitherReadNorWritten() throws IOException {
    replace(warehouse(), "a");
    Path moved = directory.resolve("moved");
    Files.move(warehouse(), moved);
    Map<String, String> before = all(moved);
    assertThat(
        assertThrows(DisplacedTableException.class, () -> shown(moved)).getMessage(),
        allOf(
            containsString("which is not there"),
            containsString("anabranch move " + warehouse() + " " + moved)));
    assertThrows(DisplacedTableException.class, () -> replace(moved, "b"));
    assertThrows(DisplacedTableException.class, () -> compact(moved));
    assertThat(all(moved), equalTo(before));
    assertThat(Files.exists(warehouse()), is(false));
  }

  @Test
  void filesDirectoriesAndLinksOfOthersStay() throws IOException {
    replace(warehouse(), "a");
    Path outside = Files.createDirectories(directory.resolve("outside/data/_ab_bucket=0"));
    String orphan = "ab-" + RunId.next() + "-0-x.parquet";
    Files.writeString(outside.resolve(orphan), "in use elsewhere");
    Path orders = warehouse().resolve("anabranch/orders");
    Files.createSymbolicLink(orders.resolve("data/linked"), outside);
    Files.createSymbolicLink(
        orders.resolve("data/ab-" + RunId.next() + "-0-y.parquet"), outside.resolve(orphan));
    Files.createSymbolicLink(
        warehouse().resolve("anabranch/elsewhere"), directory.resolve("outside"));
    Files.createSymbolicLink(
        warehouse().resolve(".anabranch/runs/" + RunId.next()), directory.resolve("outside"));
    for (String own : new String[] {"notes.txt", "data/old.parquet", "metadata/mine.avro"}) {
      Files.writeString(orders.resolve(own), "of a person");
    }

    Path backup = warehouse().resolve("anabranch/backup/orders/data/_ab_bucket=0");
    Files.createDirectories(backup);
    Files.writeString(backup.resolve(orphan), "a copy somebody made");
    Path mine = Files.createDirectories(warehouse().resolve(".anabranch/runs/mine"));
    Files.writeString(mine.resolve("notes.txt"), "of a person");
    Map<String, String> foreign = all(directory);
    foreign.keySet().removeAll(Set.of("warehouse/anabranch/orders/metadata/version-hint.text"));
    replace(warehouse(), "b");
    TestLake.age(warehouse(), Duration.ofDays(30));
    compact(warehouse());
    Map<String, String> after = all(directory);
    foreign.keySet().removeIf(file -> file.contains("/metadata/") && !file.endsWith("mine.avro"));
    foreign.keySet().removeIf(file -> file.contains("/state/"));
    foreign.keySet().removeIf(file -> file.matches(".*/orders/data/ab-[^/]*-0-[^xy/]{36}.parquet"));
    assertThat(after.entrySet(), org.hamcrest.Matchers.hasItems(entries(foreign)));
    assertThat(shown(warehouse()), contains("1=b"));
  }

  @SuppressWarnings("unchecked")
  private static Map.Entry<String, String>[] entries(Map<String, String> map) {
    return map.entrySet().toArray(Map.Entry[]::new);
  }

  @Test
  void aTableWhoseDirectoryIsALinkIsLookedAfter() throws IOException {
    replace(warehouse(), "a");
    Path orders = warehouse().resolve("anabranch/orders");
    Path disk = directory.resolve("disk");
    Files.move(orders, disk);
    Files.createSymbolicLink(orders, disk);
    replace(warehouse(), "b");
    compact(warehouse());
    assertThat(shown(warehouse()), contains("1=b"));
    assertThat(Files.isSymbolicLink(orders), is(true));
    try (Lake lake = TestLake.at(warehouse())) {
      assertThat(lake.compact(ONE_VERSION), contains(new UpkeepReport("orders", 0, 0, 0)));
    }
  }

  @Test
  void anotherCatalogOrNamespaceTakesNothing() throws IOException {
    String uri = "jdbc:sqlite:" + directory.resolve("catalog.db");
    LakeConfig sqlite = LakeConfig.at(warehouse()).withCatalog(Map.of("type", "jdbc", "uri", uri));
    try (Lake lake = TestLake.at(sqlite, operations -> operations)) {
      replace(lake, "a");
      replace(lake, "b");
    }

    TestLake.age(warehouse(), Duration.ofDays(30));
    Map<String, String> before = all(warehouse());
    compact(warehouse());
    try (Lake other =
        TestLake.at(
            LakeConfig.at(warehouse()).withCatalog(Map.of("namespace", "other")),
            operations -> operations)) {
      other.compact(ONE_VERSION);
      assertThat(other.tables(), empty());
    }

    assertThat(all(warehouse()), equalTo(before));
    try (Lake lake = TestLake.at(sqlite, operations -> operations)) {
      assertThat(rows(lake, "orders"), contains("1=b"));
    }
  }

  @Test
  void namespacesLeadNowhereElse() {
    for (String namespace : new String[] {"..", ".", "a/b", "", " ", ".anabranch", "a\nb", "/a"}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> LakeConfig.at(warehouse()).withCatalog(Map.of("namespace", namespace)),
          namespace);
    }
  }

  @Test
  void aBrokenTableStopsOnlyItself() throws IOException {
    replace(warehouse(), "a");
    try (Lake lake = TestLake.at(warehouse());
        LakeRun run = lake.startRun(BUCKETS)) {
      run.commit(TestLake.adding(lake, run, "accounts", 0, "a", 1));
    }

    Path metadata = warehouse().resolve("anabranch/orders/metadata/v1.metadata.json");
    assertThat(Files.size(metadata), not(is(0L)));
    Files.write(metadata, new byte[0]);
    Map<String, String> before = all(warehouse().resolve("anabranch/orders"));
    try (Lake lake = TestLake.at(warehouse());
        LakeRun run = lake.startRun(BUCKETS)) {
      assertThat(lake.broken(), hasKey("orders"));
      assertThat(lake.broken().get("orders"), containsString(metadata.toString()));
      run.commit(TestLake.adding(lake, run, "accounts", 0, "b", 2));
      assertThat(rows(lake, "accounts"), contains("1=a", "2=b"));
      assertThat(
          assertThrows(BrokenTableException.class, () -> rows(lake, "orders")).getMessage(),
          containsString(metadata.toString()));
      assertThrows(
          BrokenTableException.class,
          () -> run.commit(TestLake.adding(lake, run, "orders", 0, "b", 2)));
    }

    compact(warehouse());
    Map<String, String> after = all(warehouse().resolve("anabranch/orders"));
    assertThat(before.keySet(), everyItem(in(after.keySet())));
  }

  @Test
  void aBrokenStateNamesItself() throws IOException {
    replace(warehouse(), "a");
    Path states = warehouse().resolve("anabranch/orders/_ab/state");
    Path state;
    try (var files = Files.list(states)) {
      state = files.findFirst().orElseThrow();
    }

    Files.write(state, new byte[0]);
    try (Lake lake = TestLake.at(warehouse())) {
      assertThat(lake.tables(), empty());
      assertThat(lake.broken().get("orders"), containsString(state.toString()));
    }
  }
}
