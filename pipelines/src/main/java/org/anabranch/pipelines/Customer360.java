package org.anabranch.pipelines;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.anabranch.model.Internal;
import org.anabranch.transforms.customer.CustomerInsights;
import org.anabranch.transforms.customer.InteractionsByWindow;
import org.anabranch.transforms.customer.LateInteractions;
import org.anabranch.transforms.merge.Computation;
import org.anabranch.transforms.merge.PerRun;
import org.anabranch.transforms.merge.Projection;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.report.RunReport;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;

/**
 * Customer analytics from the changes of customers and orders and the stream of interactions.
 *
 * <pre>
 * changes ── parse ── merge ──┬── customers, customers_history, orders
 *                             ├── by customer ── customer_insights
 *                             └── interactions ── windows ──┬── interactions_by_window
 *                                                           └── late_interactions (if asked for)
 * </pre>
 */
@Internal
public final class Customer360 {

  /** Tables that are computed anew from all rows of the others. */
  public static final Set<String> COMPUTED =
      Set.of(CustomerInsights.TABLE, InteractionsByWindow.TABLE, LateInteractions.TABLE);

  /** Version of what is computed: a greater one when the same inputs give other rows. */
  public static final int COMPUTATION = 1;

  private static final int PROJECTION_BUCKETS = 4;

  private Customer360() {}

  /**
   * Adds the pipeline's steps. Running them writes files beside the tables and ends as the target
   * says.
   *
   * @throws IllegalArgumentException where the configuration does not fit the input
   */
  public static void expand(Pipeline pipeline, Customer360Config config, Target target) {
    pipeline
        .apply("Changes", ReadInput.of(config.tables(), target).makingTables())
        .apply("Tables", target.merging(config.tables()).computing(new Analytics(config)));
  }

  /** What is computed from the merged tables. */
  private record Analytics(Customer360Config config) implements Computation {

    @Override
    public List<Projection> projections() {
      List<Projection> projections =
          new ArrayList<>(CustomerInsights.projections(PROJECTION_BUCKETS));
      projections.add(InteractionsByWindow.projection(config.windows(), PROJECTION_BUCKETS));
      return projections;
    }

    @Override
    public List<PCollection<RunReport>> compute(
        PCollectionTuple merged, PerRun<TableStore> stores) {
      List<PCollection<RunReport>> reports = new ArrayList<>();
      reports.add(
          merged.apply("Insights", CustomerInsights.to(stores, config.asOf(), PROJECTION_BUCKETS)));
      reports.add(merged.apply("Windows", InteractionsByWindow.to(stores, config.windows())));
      if (config.windows().tellsLate()) {
        reports.add(
            merged.apply(
                "Late", LateInteractions.to(stores, config.windows(), PROJECTION_BUCKETS)));
      }

      return reports;
    }
  }
}
