package org.anabranch.lake;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.anabranch.transforms.archive.OffsetRanges;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.mapping.MappingUtil;
import org.apache.iceberg.mapping.NameMappingParser;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * The archive as an Iceberg table: a row per record, partitioned by topic and by the hour of the
 * record's time. Which offsets are in it is a property of the table, committed with the files.
 * Files are Parquet as Beam writes it, without field ids: columns are found by their names.
 *
 * <pre>
 * LOCATION/data/topic=TOPIC/date=2026-11-25/hour=07/ab-RUN-UUID.parquet     hours in UTC
 * </pre>
 */
final class ArchiveLayout {

  /** Property of the table: the offsets whose records are in it. */
  static final String OFFSETS = "anabranch.archive.offsets";

  static final long HOUR_MILLIS = 3_600_000;

  private static final long FIRST_MILLIS = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();
  private static final long LAST_MILLIS = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

  static final int PARTITION_ID = 2;
  static final int OFFSET_ID = 3;
  static final int TIMESTAMP_ID = 4;

  static final Schema SCHEMA =
      new Schema(
          required(1, "topic", Types.StringType.get()),
          required(PARTITION_ID, "partition", Types.IntegerType.get()),
          required(OFFSET_ID, "offset", Types.LongType.get()),
          optional(TIMESTAMP_ID, "timestamp", Types.TimestampType.withZone()),
          optional(5, "key", Types.BinaryType.get()),
          optional(6, "value", Types.BinaryType.get()),
          required(
              7,
              "headers",
              Types.ListType.ofRequired(
                  8,
                  Types.StructType.of(
                      required(9, "name", Types.StringType.get()),
                      optional(10, "value", Types.BinaryType.get())))));

  static final PartitionSpec SPEC =
      PartitionSpec.builderFor(SCHEMA).identity("topic").hour("timestamp").build();

  private static final DateTimeFormatter HOUR =
      DateTimeFormatter.ofPattern("'date='uuuu-MM-dd'/hour='HH", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private ArchiveLayout() {}

  static Map<String, String> properties() {
    Map<String, String> properties = new HashMap<>();
    properties.put("format-version", "2");
    properties.put("write.format.default", "parquet");
    properties.put("write.metadata.delete-after-commit.enabled", "true");
    properties.put("write.metadata.previous-versions-max", "20");
    properties.put(
        "schema.name-mapping.default", NameMappingParser.toJson(MappingUtil.create(SCHEMA)));
    properties.put(OFFSETS, "");
    return properties;
  }

  static boolean isArchive(TableMetadata table) {
    return table.properties().containsKey(OFFSETS);
  }

  /** Offsets whose records are in the archive. */
  static OffsetRanges offsets(TableMetadata table) {
    String text = table.property(OFFSETS, "?");
    if (text.equals("?")) {
      throw new IllegalStateException(
          table.location() + " is in the way of the archive: it was not made by anabranch");
    }

    return OffsetRanges.parse(text);
  }

  /**
   * Hours since the epoch, by which records are partitioned; null for records without a time. The
   * hours of times that no calendar of an engine has are those of the first and the last one that
   * all have.
   */
  static @Nullable Integer hour(@Nullable Long timestampMillis) {
    return timestampMillis == null
        ? null
        : (int) Math.floorDiv(storable(timestampMillis), HOUR_MILLIS);
  }

  /** The time as it is stored: within the years 1 to 9999. */
  static long storable(long timestampMillis) {
    return Math.max(FIRST_MILLIS, Math.min(LAST_MILLIS, timestampMillis));
  }

  static PartitionData partition(String topic, @Nullable Integer hour) {
    PartitionData partition = new PartitionData(SPEC.partitionType());
    partition.set(0, topic);
    if (hour != null) {
      partition.set(1, hour);
    }

    return partition;
  }

  static String file(String location, String run, String topic, @Nullable Integer hour) {
    String when =
        hour == null ? "date=none" : HOUR.format(Instant.ofEpochMilli(hour * HOUR_MILLIS));
    return "%s/data/topic=%s/%s/ab-%s-%s.parquet"
        .formatted(location, Objects.requireNonNull(topic), when, run, UUID.randomUUID());
  }
}
