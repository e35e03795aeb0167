package org.anabranch.transforms.source;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.anabranch.model.Position;
import org.anabranch.transforms.source.SourceRules.OnReset;
import org.anabranch.transforms.source.SourceRules.UnknownOrder;
import org.junit.jupiter.api.Test;

/** Facts and rules as text, names of sources, and where generations begin. */
class SourceTextsTest {

  private static final SourceRules RULES =
      new SourceRules(
          Map.of("a\tb", "c\\d", "old", "new"),
          Map.of(
              "shop",
              List.of(
                  new Boundary.AtTime(-5),
                  new Boundary.AtOffsets(Map.of("t/0", 7L, "t/1", 9L)),
                  new Boundary.AtLine("/x/changes-9.jsonl", 120))),
          OnReset.NEW_GENERATION,
          UnknownOrder.LOG,
          17,
          19);

  @Test
  void rulesAreReadBack() {
    assertThat(SourceRules.fromText(RULES.toText()), equalTo(RULES));
    assertThat(SourceRules.fromText(SourceRules.NONE.toText()), equalTo(SourceRules.NONE));
  }

  @Test
  void factsAreReadBack() {
    LogTracker tracker = new LogTracker();
    tracker.add(new Position("mysql:a\nb:c", 3, 4, 0, "t\tu", 2, 5), 77);
    tracker.add(new Position("mysql:a\nb:c", 2, 9, 0, "t\tu", 2, 6), 78);
    TableFacts facts =
        new TableFacts(
            new TreeMap<>(Map.of(TableFacts.KEY, new TreeSet<>(List.of("a+b", "\\n")))),
            tracker.finish(),
            new TreeSet<>(
                List.of(
                    new FoundBoundary("s", "t/0", 8, 70), new FoundBoundary("s", "t/0", -1, 90))));
    assertThat(TableFacts.fromText(facts.toText()), equalTo(facts));
    assertThat(facts.join(facts), equalTo(facts));
    assertThat(facts.join(TableFacts.NONE), equalTo(facts));
  }

  @Test
  void anOlderNameOfAServerIsItsPresentOne() {
    assertThat(RULES.canonical("postgresql:old:d.s"), is("postgresql:new:d.s"));
    assertThat(RULES.canonical("postgresql:other:d.s"), is("postgresql:other:d.s"));
    assertThat(SourceRules.NONE.canonical("mariadb:m:d"), is("mysql:m:d"));
  }

  @Test
  void boundariesAddUp() {
    Generations generations =
        new Generations(RULES, List.of(new FoundBoundary("mysql:shop:d", "t/0", 3, 10)));
    assertThat(generations.of("mysql:shop:d", "t", 0, 2, 0), is(0));
    assertThat(generations.of("mysql:shop:d", "t", 0, 3, 0), is(1));
    assertThat(generations.of("mysql:shop:d", "t", 0, 7, 1), is(3));
    assertThat(generations.of("mysql:shop:d", "t", 1, 9, 0), is(1));
    assertThat(generations.of("mysql:other:d", "t", 0, 9, 1), is(0));
  }

  @Test
  void whatIsInALogThatWasMadeAnewComesAfterAllThatWasInItBefore() {
    Generations generations =
        new Generations(
            SourceRules.NONE,
            List.of(
                new FoundBoundary("s", "t/0", 50, 500),
                new FoundBoundary("s", "t/0", FoundBoundary.MADE_ANEW, 1000),
                new FoundBoundary("s", "t/0", 20, 1500)));
    assertThat(generations.of("s", "t", 0, 49, 400), is(0));
    assertThat(generations.of("s", "t", 0, 90, 600), is(1));
    assertThat(generations.of("s", "t", 0, 0, 1000), is(2));
    assertThat(generations.of("s", "t", 0, 20, 1600), is(3));
    assertThat(generations.of("s", "t", 1, 20, 1600), is(0));
  }

  @Test
  void filesBesideABoundaryComeBeforeOrAfterItByName() {
    Boundary line = new Boundary.AtLine("/x/changes-9.jsonl", 120);
    assertThat(line.isPassed("/x/changes-9.jsonl", 0, 119, 0), is(false));
    assertThat(line.isPassed("/x/changes-9.jsonl", 0, 120, 0), is(true));
    assertThat(line.isPassed("/x/changes-10.jsonl", 0, 0, 0), is(true));
    assertThat(line.isPassed("/x/changes-8.jsonl", 0, 500, 0), is(false));
    assertThat(line.isPassed("/y/changes-10.jsonl", 0, 0, 0), is(false));
  }
}
