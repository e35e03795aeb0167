package org.anabranch.pipelines;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.transforms.parse.TableSpec;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On the Direct runner. */
class CapturedEventsTest extends CapturedEventsConformance {

  @Override
  protected PipelineOptions options() {
    return DirectRuns.options();
  }

  @Test
  void eventsWithoutSchemasAreReadAsDeclared() throws Exception {
    check(
        new Capture(
            "small-noschemas.jsonl",
            "small-expected",
            List.of(customers("timestamp(3)", "decimal(18,4)"), orders("decimal(14,3)"), markers()),
            Set.of("customers", "orders", "markers"),
            Map.of("customers", Set.of("small")),
            Map.of(
                "customers.tier", CapturedEventsConformance::defaultTier,
                "customers.ratio", CapturedEventsConformance::preciseNan,
                "orders.amount", CapturedEventsConformance::amountOfUnknownScale),
            AUDIT_LOG_DEAD));
  }

  @Test
  void readableEventsWithoutSchemasAreReadAsDeclared() throws Exception {
    check(
        new Capture(
            "small-noschemas-friendly.jsonl",
            "small-expected",
            List.of(customers("timestamp", "decimal(18,4)"), orders("decimal(14,3)"), markers()),
            Set.of("customers", "orders", "markers"),
            Map.of("customers", Set.of("small")),
            Map.of("customers.tier", CapturedEventsConformance::defaultTier),
            AUDIT_LOG_DEAD));
  }

  @Test
  void aTableWithoutKeyIsKeptByAKeyThatIsDeclared() throws Exception {
    TableSpec auditLog =
        new TableSpec(
            "audit_log",
            List.of("at"),
            Map.of("at", "timestamptz"),
            Set.of(),
            TableSpec.Form.CHANGES);
    check(
        new Capture(
            "small-noschemas-friendly.jsonl",
            "small-expected",
            List.of(customers("timestamp", "decimal(18,4)"), orders("decimal(14,3)"), auditLog),
            Set.of("customers", "orders"),
            Map.of("customers", Set.of("small")),
            Map.of("customers.tier", CapturedEventsConformance::defaultTier),
            Map.of()));
  }

  @Test
  @Tag("long")
  void manyConcurrentChangesGiveTheTrueTables() throws Exception {
    check(
        new Capture(
            "large-noschemas.jsonl.gz",
            "large-expected-final",
            List.of(customers("timestamp(3)", "decimal(20,6)"), orders("decimal(12,2)"), markers()),
            Set.of("customers", "orders", "markers"),
            Map.of("customers", Set.of("small", "email")),
            Map.of(
                "customers.tier", CapturedEventsConformance::defaultTier,
                "customers.email_addr", CapturedEventsConformance::underTheOldName,
                "orders.channel", CapturedEventsConformance::alwaysNull),
            Map.of()));
  }
}
