package org.anabranch.lake;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.anabranch.lake.Storage.Lock;
import org.anabranch.model.Internal;
import org.apache.iceberg.util.JsonUtil;

/**
 * The right to run a job, held by one owner at a time: the file {@code
 * WAREHOUSE/.anabranch/jobs/JOB.json}. The holder renews it as long as it lives; of a holder that
 * died it ends by itself, on whatever machine that was. It spares the work of two runs of one job
 * and is no part of what makes tables right: two that run at once, because the clocks of their
 * machines differ by more than the lease or one of them slept, do no harm.
 */
@Internal
public final class JobLease implements Closeable {

  /** Long enough for a pause of the JVM, short enough to wait for after a crash. */
  public static final Duration LENGTH = Duration.ofSeconds(60);

  private static final Duration MAX_WAIT = Duration.ofSeconds(10);
  private static final String DIRECTORY = LakeConfig.STATE + "/jobs";
  private static final String MUTEX = DIRECTORY + "/.lock";

  private final Storage lake;
  private final String file;
  private final Duration length;
  private final Holder holder;
  private final ScheduledExecutorService renewals =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "job-lease");
            thread.setDaemon(true);
            return thread;
          });

  private JobLease(Storage lake, String file, Duration length, Holder holder) {
    this.lake = lake;
    this.file = file;
    this.length = length;
    this.holder = holder;
  }

  /**
   * Who runs a job.
   *
   * @param owner name that tells one process from all others
   * @param since when it began
   * @param until when its lease ends unless it is renewed
   */
  public record Holder(String owner, Instant since, Instant until) {}

  /**
   * Takes the lease.
   *
   * @param job name without {@code /}
   * @return nothing where another holds it
   */
  public static Optional<JobLease> take(Lake lake, String job, String owner, Duration length)
      throws IOException {
    Storage storage = lake.config().storage();
    String file = file(job);
    Instant now = Instant.now();
    Holder mine = new Holder(owner, now, now.plus(length));
    Lock lock = storage.lock(MUTEX, MAX_WAIT);
    try {
      Optional<Holder> other = read(storage, file);
      boolean isHeld = other.isPresent() && other.get().until().isAfter(now);
      if (isHeld) {
        return Optional.empty();
      }

      write(storage, file, mine);
    } finally {
      lock.close();
    }

    JobLease lease = new JobLease(storage, file, length, mine);
    long everyMillis = Math.max(1, length.toMillis() / 3);
    var unused =
        lease.renewals.scheduleAtFixedRate(
            lease::renew, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
    return Optional.of(lease);
  }

  /** Who holds the lease of a job, or held it last without giving it back. */
  public static Optional<Holder> holder(Lake lake, String job) throws IOException {
    return read(lake.config().storage(), file(job));
  }

  private static String file(String job) {
    return DIRECTORY + "/" + job + ".json";
  }

  /** A lease that another took stays his; one that cannot be renewed ends. */
  private void renew() {
    try {
      Lock lock = lake.lock(MUTEX, MAX_WAIT);
      try {
        if (isMine()) {
          write(lake, file, new Holder(holder.owner(), holder.since(), Instant.now().plus(length)));
        }
      } finally {
        lock.close();
      }
    } catch (IOException notNow) {
      // A task that throws is not run again: the next one may succeed before the lease ends.
    }
  }

  private boolean isMine() throws IOException {
    return read(lake, file).filter(now -> now.owner().equals(holder.owner())).isPresent();
  }

  /** The holder; nobody where the file is empty or cut off, as after a power cut. */
  private static Optional<Holder> read(Storage lake, String file) throws IOException {
    String json;
    try {
      json = lake.readIfThere(file);
    } catch (CharacterCodingException nobody) {
      return Optional.empty();
    }

    if (json == null) {
      return Optional.empty();
    }

    try {
      return Optional.of(JsonUtil.parse(json, JobLease::holder));
    } catch (UncheckedIOException | IllegalArgumentException | DateTimeParseException broken) {
      return Optional.empty();
    }
  }

  private static Holder holder(JsonNode json) {
    return new Holder(
        JsonUtil.getString("owner", json),
        Instant.parse(JsonUtil.getString("since", json)),
        Instant.parse(JsonUtil.getString("until", json)));
  }

  private static void write(Storage lake, String file, Holder holder) throws IOException {
    String json =
        JsonUtil.generate(
            generator -> {
              generator.writeStartObject();
              generator.writeStringField("owner", holder.owner());
              generator.writeStringField("since", holder.since().toString());
              generator.writeStringField("until", holder.until().toString());
              generator.writeEndObject();
            },
            false);
    lake.replace(file, json);
  }

  /** Gives the lease back. */
  @Override
  public void close() throws IOException {
    renewals.shutdownNow();
    Lock lock = lake.lock(MUTEX, MAX_WAIT);
    try {
      if (isMine()) {
        lake.delete(file);
      }
    } finally {
      lock.close();
    }
  }
}
