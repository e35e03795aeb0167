package org.anabranch.lake;

import static org.anabranch.lake.TestLake.BUCKETS;
import static org.anabranch.lake.TestLake.adding;
import static org.anabranch.lake.TestLake.rows;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.anabranch.lake.CommitResult.Committed;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A commit that ended with an error is there or not: the run looks, and comes out right. */
class UnknownOutcomeTest {

  @TempDir Path warehouse;
  private final AtomicInteger before = new AtomicInteger();
  private final AtomicInteger after = new AtomicInteger();
  private Lake lake;

  @BeforeEach
  void open() throws IOException {
    lake =
        TestLake.at(
            LakeConfig.at(warehouse),
            operations -> new FaultyOperations(operations, before, after));
  }

  private void commit(long id, long version) throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      assertThat(
          run.commit(adding(lake, run, "orders", 0, "a", id)), equalTo(new Committed(version)));
    }
  }

  @Test
  void whatWasCommittedAllTheSameIsNotCommittedAgain() throws IOException {
    after.set(1);
    commit(1, 1);
    after.set(1);
    commit(2, 2);
    assertThat(rows(lake, "orders"), contains("1=a", "2=a"));
    assertThat(lake.table("orders").rows(), is(2L));
  }

  @Test
  void whatWasNotCommittedIsCommittedOnce() throws IOException {
    before.set(2);
    commit(1, 1);
    before.set(2);
    commit(2, 2);
    assertThat(rows(lake, "orders"), contains("1=a", "2=a"));
    assertThat(lake.table("orders").rows(), is(2L));
  }

  @Test
  void bothInTurn() throws IOException {
    before.set(1);
    after.set(1);
    commit(1, 1);
    assertThat(rows(lake, "orders"), contains("1=a"));
  }
}
