package org.anabranch.lake;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // A lease is held, not used.
class JobLeaseTest {

  private static final Duration LONG = Duration.ofMinutes(5);
  private static final String JOB = "customer-360";

  @TempDir private Path warehouse;

  @Test
  void oneOwnerHoldsAJobAtATime() throws IOException {
    try (Lake lake = lake();
        JobLease first = take(lake, "a", LONG).orElseThrow()) {
      assertThat(take(lake, "b", LONG).isPresent(), is(false));
      assertThat(owner(lake), is(Optional.of("a")));
    }

    try (Lake lake = lake();
        JobLease second = take(lake, "b", LONG).orElseThrow()) {
      assertThat(owner(lake), is(Optional.of("b")));
    }
  }

  @Test
  void anotherJobIsFree() throws IOException {
    try (Lake lake = lake();
        JobLease first = take(lake, "a", LONG).orElseThrow()) {
      Optional<JobLease> other = JobLease.take(lake, "other", "b", LONG);
      assertThat(other.isPresent(), is(true));
      other.get().close();
    }
  }

  @Test
  void theLeaseOfAnOwnerThatDiedEndsByItself() throws IOException {
    Path file =
        Files.createDirectories(warehouse.resolve(".anabranch/jobs")).resolve(JOB + ".json");
    try (Lake lake = lake()) {
      Files.writeString(file, holder(Instant.now().plus(LONG)));
      assertThat(take(lake, "b", LONG).isPresent(), is(false));

      Files.writeString(file, holder(Instant.now().minusSeconds(1)));
      try (JobLease taken = take(lake, "b", LONG).orElseThrow()) {
        assertThat(owner(lake), is(Optional.of("b")));
      }
    }
  }

  @Test
  void theHolderRenewsItsLease() throws Exception {
    Duration length = Duration.ofMillis(600);
    try (Lake lake = lake();
        JobLease first = take(lake, "a", length).orElseThrow()) {
      Instant until = JobLease.holder(lake, JOB).orElseThrow().until();
      Instant deadline = Instant.now().plusSeconds(10);
      while (!JobLease.holder(lake, JOB).orElseThrow().until().isAfter(until)) {
        assertThat("the lease was renewed", Instant.now().isBefore(deadline));
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void whoHasLostTheLeaseDoesNotTakeItFromTheNextOwner() throws IOException {
    Path file = warehouse.resolve(".anabranch/jobs").resolve(JOB + ".json");
    try (Lake lake = lake()) {
      try (JobLease slept = take(lake, "a", LONG).orElseThrow()) {
        Files.writeString(file, holder(Instant.now().plus(LONG)));
      }

      assertThat(owner(lake), is(Optional.of("dead")));
    }
  }

  private Lake lake() throws IOException {
    return Lake.at(LakeConfig.at(warehouse));
  }

  private static Optional<JobLease> take(Lake lake, String owner, Duration length)
      throws IOException {
    return JobLease.take(lake, JOB, owner, length);
  }

  private static Optional<String> owner(Lake lake) throws IOException {
    return JobLease.holder(lake, JOB).map(JobLease.Holder::owner);
  }

  private static String holder(Instant until) {
    return "{\"owner\":\"dead\",\"since\":\"2026-01-01T00:00:00Z\",\"until\":\"" + until + "\"}";
  }
}
