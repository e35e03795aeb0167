package org.anabranch.pipelines;

import java.time.Duration;
import java.util.Arrays;
import org.anabranch.kafka.KafkaChangesIO;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.LakeIO;
import org.anabranch.transforms.parse.ParseChanges;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * A program of its own that merges the topics of the shop into tables, without end: brokers, a
 * directory, then options of the pipeline.
 */
public final class PlainProgram {

  static final String TOPICS = "shop\\.public\\.(customers|orders)";

  private PlainProgram() {}

  public static void main(String[] arguments) {
    String[] options = Arrays.copyOfRange(arguments, 2, arguments.length);
    Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.fromArgs(options).create());
    pipeline
        .apply(
            KafkaChangesIO.read().withBootstrapServers(arguments[0]).withTopics("/" + TOPICS + "/"))
        .apply(shop())
        .apply(
            LakeIO.upsert()
                .into(LakeConfig.at(arguments[1]))
                .withJob("shop")
                .withBuckets(2)
                // Lines come later than the seven days for which deletes are remembered otherwise.
                .withTombstoneRetention(Duration.ofDays(3650))
                .withTriggeringFrequency(Duration.ofSeconds(1)));
    pipeline.run().waitUntilFinish();
  }

  /** What the oracle knows of the tables. */
  static ParseChanges.DebeziumJson shop() {
    return ParseChanges.debeziumJson()
        .withHistory("customers")
        .withKey("customers", "id")
        .withType("customers", "marketing_opt_in", "boolean")
        .withType("customers", "birth_date", "date")
        .withType("customers", "created_at", "timestamptz")
        .withType("customers", "updated_at", "timestamptz")
        .withType("customers", "loyalty_points", "int")
        .withKey("orders", "order_id")
        .withType("orders", "amount", "decimal(12,2)")
        .withType("orders", "ordered_at", "timestamptz")
        .withType("orders", "updated_at", "timestamptz");
  }
}
