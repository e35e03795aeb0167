package org.anabranch.transforms.parse;

import java.util.List;
import java.util.Map;
import org.anabranch.model.ByteReader;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Stable;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.parse.DeadLetter.LetterCoder;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PInput;
import org.apache.beam.sdk.values.POutput;
import org.apache.beam.sdk.values.PValue;
import org.apache.beam.sdk.values.TupleTag;
import org.jspecify.annotations.Nullable;

/**
 * Changes of any number of tables, as {@link ParseChanges} gives them, with the records that could
 * not be processed among them. It goes into {@code LakeIO.upsert()} as a whole:
 *
 * <pre>{@code
 * ChangeCollection changes = records.apply(ParseChanges.debeziumJson().withKey("orders", "id"));
 * changes.apply(LakeIO.upsert().into(LakeConfig.at(Path.of("/lake/shop"))));
 * changes.deadLetters().apply(...);
 * }</pre>
 */
@Stable
public final class ChangeCollection implements PInput, POutput {

  private static final TupleTag<ChangeBatch> CHANGES = new TupleTag<>("changes") {};

  private final PCollection<ChangeBatch> changes;
  private final @Nullable LateParsing parsing;
  private final DeclaredTables declared;
  private @Nullable PCollection<DeadLetter> deadLetters;

  /**
   * @param parsing how they are parsed; null: they come from rows, whose columns have their types
   */
  ChangeCollection(
      PCollection<ChangeBatch> changes, @Nullable LateParsing parsing, DeclaredTables declared) {
    this.changes = changes;
    this.parsing = parsing;
    this.declared = declared;
  }

  /** The changes of all tables, encoded; those of the table of dead letters are among them. */
  public PCollection<ChangeBatch> changes() {
    return changes;
  }

  /** What was declared of the tables. */
  public DeclaredTables declared() {
    return declared;
  }

  /**
   * Says which tables the changes go into, so that they are parsed as these are stored. For
   * transforms that store changes.
   *
   * @param lake where the tables are
   * @param store the tables as they are
   * @param schemaChanges what may become of their schemas
   * @throws IllegalArgumentException where the changes go into other tables, too, or are of rows
   *     whose columns cannot be left out any more
   */
  public void into(String lake, TableStore store, SchemaChanges schemaChanges) {
    if (parsing != null) {
      parsing.into(lake, store, schemaChanges);
    } else if (schemaChanges.others() == Policy.IGNORE) {
      throw new IllegalArgumentException(
          "schema evolution of changes that are rows must be EVOLVE or FAIL, but was: IGNORE; leave"
              + " columns out of the rows");
    }
  }

  /** Records that could not be processed, each with its place, its bytes and the reason. */
  public PCollection<DeadLetter> deadLetters() {
    PCollection<DeadLetter> known = deadLetters;
    if (known == null) {
      known =
          changes
              .apply(changes.getName() + "/Dead letters", ParDo.of(new DeadLettersFn()))
              .setCoder(LetterCoder.of());
      deadLetters = known;
    }

    return known;
  }

  /** Applies a transform, as {@link PCollection#apply} does. */
  public <T extends POutput> T apply(PTransform<? super ChangeCollection, T> transform) {
    return Pipeline.applyTransform(this, transform);
  }

  /** The same under a name. */
  public <T extends POutput> T apply(
      String name, PTransform<? super ChangeCollection, T> transform) {
    return Pipeline.applyTransform(name, this, transform);
  }

  @Override
  public Pipeline getPipeline() {
    return changes.getPipeline();
  }

  @Override
  public Map<TupleTag<?>, PValue> expand() {
    return Map.of(CHANGES, changes);
  }

  @Override
  public void finishSpecifyingOutput(
      String transformName, PInput input, PTransform<?, ?> transform) {}

  static final class DeadLettersFn extends DoFn<ChangeBatch, DeadLetter> {

    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element ChangeBatch batch, OutputReceiver<DeadLetter> out) {
      List<byte[]> changes = batch.table().equals(DeadLetters.TABLE) ? batch.changes() : List.of();
      for (byte[] encoded : changes) {
        RowBatch.Reader in = new RowBatch.Reader(encoded);
        while (in.next()) {
          ByteReader row =
              new ByteReader(in.buffer())
                  .reset(in.buffer(), in.payloadOffset(), in.payloadLength());
          out.output(DeadLetter.read(row));
        }
      }
    }
  }
}
