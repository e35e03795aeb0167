package org.anabranch.lake;

import org.anabranch.model.Stable;

/**
 * Tables of a lake in Beam pipelines. Ends a pipeline in one or many of them:
 *
 * <pre>{@code
 * Pipeline pipeline = Pipeline.create(options);
 * LakeCommits commits =
 *     pipeline
 *         .apply(FileChangesIO.read().from("/data/changes/*.jsonl.gz"))
 *         .apply(ParseChanges.debeziumJson().withKey("orders", "id"))
 *         .apply(LakeIO.upsert().into(LakeConfig.at("/lake/shop")));
 * commits.commits();   // what is there, as the last step has committed it
 * pipeline.run().waitUntilFinish();
 * }</pre>
 *
 * <p>Tables are Apache Iceberg's, which any engine reads: live rows only, without equality deletes.
 */
@Stable
public final class LakeIO {

  private LakeIO() {}

  /**
   * Merges changes into tables, which are made where they do not exist. Say where with {@link
   * LakeUpsert#into}.
   */
  public static LakeUpsert upsert() {
    return LakeUpsert.DEFAULT;
  }

  /**
   * A job whose bounded pipelines each go on where the one before has ended.
   *
   * @param lake where its tables are, and with them how far it has come
   * @param name without {@code /}
   */
  public static LakeJob job(LakeConfig lake, String name) {
    return new LakeJob(lake, name);
  }

  /** Reads a version of a table as rows. Say which with {@link LakeRead#withTable}. */
  public static LakeRead read() {
    return LakeRead.DEFAULT;
  }

  /** Reads what differs between two versions of a table. */
  public static LakeReadChanges readChanges() {
    return LakeReadChanges.DEFAULT;
  }
}
