package com.example.revenue;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.coders.BigDecimalCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.logicaltypes.FixedPrecisionNumeric;
import org.apache.beam.sdk.schemas.logicaltypes.MicrosInstant;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * What orders that were not cancelled are worth, by the country their customer lives in now and the
 * hour they were made. Orders of customers who are gone do not count.
 */
final class RevenueByCountryAndHour extends PTransform<PCollectionTuple, PCollection<Row>> {

  private static final long serialVersionUID = 1;

  static final String TABLE = "revenue_by_country_and_hour";

  /** Raised when the same orders and customers give other rows. */
  static final int VERSION = 1;

  /** Columns that are read of orders. */
  static final Schema ORDERS =
      Schema.builder()
          .addNullableField("customer_id", FieldType.INT64)
          .addNullableStringField("status")
          .addNullableField("amount", FieldType.logicalType(FixedPrecisionNumeric.of(12, 2)))
          .addNullableField("ordered_at", FieldType.logicalType(new MicrosInstant()))
          .build();

  /** Columns that are read of customers. */
  static final Schema CUSTOMERS =
      Schema.builder().addInt64Field("id").addNullableStringField("country").build();

  private static final Schema REVENUE =
      Schema.builder()
          .addStringField("country")
          .addLogicalTypeField("hour", new MicrosInstant())
          .addLogicalTypeField("revenue", FixedPrecisionNumeric.of(38, 2))
          .build();

  @Override
  public PCollection<Row> expand(PCollectionTuple tables) {
    PCollection<Row> customers = tables.get("customers");
    PCollectionView<Map<Long, String>> countries =
        customers
            .apply(
                "Country of each",
                MapElements.into(
                        TypeDescriptors.kvs(TypeDescriptors.longs(), TypeDescriptors.strings()))
                    .via(row -> KV.of(row.getInt64("id"), row.getString("country"))))
            .setCoder(KvCoder.of(VarLongCoder.of(), NullableCoder.of(StringUtf8Coder.of())))
            .apply("Countries", View.asMap());
    PCollection<Row> orders = tables.get("orders");
    return orders
        .apply("Amounts", ParDo.of(new AmountFn(countries)).withSideInputs(countries))
        .setCoder(
            KvCoder.of(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()), BigDecimalCoder.of()))
        .apply("Sum", Combine.perKey(RevenueByCountryAndHour::sum))
        .apply("Rows", MapElements.into(TypeDescriptors.rows()).via(RevenueByCountryAndHour::row))
        .setRowSchema(REVENUE);
  }

  private static BigDecimal sum(Iterable<BigDecimal> amounts) {
    return StreamSupport.stream(amounts.spliterator(), false)
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static Row row(KV<KV<String, Long>, BigDecimal> revenue) {
    KV<String, Long> key = revenue.getKey();
    return Row.withSchema(REVENUE)
        .addValues(
            key.getKey(), Instant.ofEpochSecond(key.getValue()), revenue.getValue().setScale(2))
        .build();
  }

  /** An order's amount by country and the first second of the hour. */
  static final class AmountFn extends DoFn<Row, KV<KV<String, Long>, BigDecimal>> {

    private static final long serialVersionUID = 1;

    private final PCollectionView<Map<Long, String>> countries;

    AmountFn(PCollectionView<Map<Long, String>> countries) {
      this.countries = countries;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      Row order = context.element();
      Map<Long, String> known = context.sideInput(countries);
      Long customer = order.getInt64("customer_id");
      BigDecimal amount = order.getLogicalTypeValue("amount", BigDecimal.class);
      Instant time = order.getLogicalTypeValue("ordered_at", Instant.class);
      boolean counts =
          customer != null
              && amount != null
              && time != null
              && known.containsKey(customer)
              && !"cancelled".equals(order.getString("status"));
      if (counts) {
        String country = Objects.requireNonNullElse(known.get(customer), "unknown");
        long hour = time.truncatedTo(ChronoUnit.HOURS).getEpochSecond();
        context.output(KV.of(KV.of(country, hour), amount));
      }
    }
  }
}
