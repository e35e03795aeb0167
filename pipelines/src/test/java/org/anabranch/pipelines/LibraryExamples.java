package org.anabranch.pipelines;

import java.time.Duration;
import org.anabranch.files.FileChangesIO;
import org.anabranch.kafka.KafkaChangesIO;
import org.anabranch.lake.LakeCommits;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.LakeIO;
import org.anabranch.transforms.parse.ChangeCollection;
import org.anabranch.transforms.parse.ParseChanges;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;

/** The examples of transforms/README.md; {@link TransformsReadmeTest} compares the two. */
final class LibraryExamples {

  private LibraryExamples() {}

  static ChangeCollection files(Pipeline pipeline, String files, String lake) {
    // begin: files
    ChangeCollection changes =
        pipeline
            .apply(FileChangesIO.read().from(files))
            .apply(ParseChanges.debeziumJson().withHistory("customers"));
    LakeCommits commits = changes.apply(LakeIO.upsert().into(LakeConfig.at(lake)));
    commits.commits(); // PCollection<TableCommitted>: table, snapshot, version, counts
    commits.changedRows("orders"); // PCollection<ChangedRow>: key, before, after
    changes.deadLetters(); // PCollection<DeadLetter>: what could not be processed, and why
    // end
    return changes;
  }

  static void rows(Pipeline pipeline, String lake) {
    // begin: rows
    PCollection<Row> orders =
        pipeline.apply(
            LakeIO.read()
                .from(LakeConfig.at(lake))
                .withTable("orders")
                .withColumns("customer_id", "order_id", "status", "updated_at")
                .withFilter(order -> !"cancelled".equals(order.getString("status"))));
    orders
        .apply(
            ParseChanges.rows()
                .intoTable("last_orders")
                .withKey("customer_id")
                .withSequence("updated_at", "order_id"))
        .apply(LakeIO.upsert().into(LakeConfig.at(lake)));
    // end
  }

  static void topics(Pipeline pipeline, String brokers, String lake) {
    // begin: topics
    pipeline
        .apply(KafkaChangesIO.read().withBootstrapServers(brokers).withTopics("/shop\\..*/"))
        .apply(ParseChanges.debeziumJson())
        .apply(
            LakeIO.upsert()
                .into(LakeConfig.at(lake))
                .withTriggeringFrequency(Duration.ofSeconds(5)));
    // end
  }
}
