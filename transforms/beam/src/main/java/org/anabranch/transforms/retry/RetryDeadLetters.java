package org.anabranch.transforms.retry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.anabranch.model.ByteReader;
import org.anabranch.transforms.merge.PerRun.RunScope;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.anabranch.transforms.parse.ChangeLines;
import org.anabranch.transforms.parse.DeadLetter;
import org.anabranch.transforms.parse.DeadLetters;
import org.anabranch.transforms.parse.ParsedChanges;
import org.anabranch.transforms.parse.ParsedOutput;
import org.anabranch.transforms.parse.Parsing;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.jspecify.annotations.Nullable;

/**
 * Reads open dead letters of a warehouse again, each at its original place, and marks those that go
 * through as resolved. Gives what {@link ParsedChanges} says; the marks are changes of the table of
 * dead letters, committed by the same run.
 */
public final class RetryDeadLetters extends PTransform<PBegin, PCollectionTuple> {

  private static final long serialVersionUID = 1;

  private static final LongAdder RECORDS = new LongAdder();

  private final transient TableStore store;
  private final String run;
  private final RetrySelection selection;
  private final Parsing parsing;

  private RetryDeadLetters(
      TableStore store, String run, RetrySelection selection, Parsing parsing) {
    this.store = store;
    this.run = run;
    this.selection = selection;
    this.parsing = parsing;
  }

  /** Reads what is selected of the dead letters that were stored when the run began. */
  public static RetryDeadLetters of(RunScope run, RetrySelection selection, Parsing parsing) {
    String name = Objects.requireNonNull(Path.of(run.directory()).getFileName()).toString();
    return new RetryDeadLetters(run.store(), name, selection, parsing);
  }

  /** Dead letters that this process has read again so far; for progress on the screen. */
  public static long recordsRead() {
    return RECORDS.sum();
  }

  @Override
  public PCollectionTuple expand(PBegin begin) {
    int buckets = store.buckets().getOrDefault(DeadLetters.TABLE, 0);
    return ParsedChanges.spread(
        begin.apply(
            "Buckets",
            Create.of(IntStream.range(0, buckets).boxed().toList()).withCoder(VarIntCoder.of())),
        "Read again",
        new ReadFn(store, run, selection, parsing));
  }

  static final class ReadFn extends DoFn<Integer, KV<TableBucket, byte[]>> {

    private static final long serialVersionUID = 1;

    private final TableStore store;
    private final String run;
    private final RetrySelection selection;
    private final Parsing parsing;
    private transient @Nullable ParsedOutput output;
    private transient @Nullable ChangeLines parser;

    ReadFn(TableStore store, String run, RetrySelection selection, Parsing parsing) {
      this.store = store;
      this.run = run;
      this.selection = selection;
      this.parsing = parsing;
    }

    @Setup
    public void setup() {
      ParsedOutput target = new ParsedOutput();
      output = target;
      parser = new ChangeLines(parsing.config(), parsing.recordedAtMicros(), target);
    }

    @ProcessElement
    public void process(@Element Integer bucket, MultiOutputReceiver out) throws IOException {
      ParsedOutput target = Objects.requireNonNull(output);
      ChangeLines lines = Objects.requireNonNull(parser);
      target.use(out);
      ByteReader reader = new ByteReader(new byte[0]);
      try (RowCursor rows =
          store
              .open(DeadLetters.TABLE, DeadLetters.schema(), bucket)
              .scan(DeadLetters.KEY, DeadLetters.COLUMNS)) {
        while (rows.next()) {
          reader.reset(rows.values(), rows.offset(), rows.length());
          DeadLetter letter = DeadLetter.read(reader);
          if (selection.contains(letter)) {
            RECORDS.increment();
            String corrected = selection.corrected(letter);
            lines.again(
                letter, corrected == null ? null : corrected.getBytes(StandardCharsets.UTF_8), run);
          }
        }
      }

      target.finish(out, lines::finish);
    }
  }
}
