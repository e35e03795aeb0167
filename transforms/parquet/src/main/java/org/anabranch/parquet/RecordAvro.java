package org.anabranch.parquet;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.anabranch.transforms.archive.LogRecord;
import org.anabranch.transforms.archive.LogRecord.Header;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.jspecify.annotations.Nullable;

/** Records of logs as Avro records. */
final class RecordAvro {

  private static final Schema HEADER =
      SchemaBuilder.record("header")
          .fields()
          .requiredString("name")
          .optionalBytes("value")
          .endRecord();

  static final Schema SCHEMA =
      SchemaBuilder.record("record")
          .fields()
          .requiredString("topic")
          .requiredInt("partition")
          .requiredLong("offset")
          .name("timestamp")
          .type()
          .optional()
          .type(LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG)))
          .optionalBytes("key")
          .optionalBytes("value")
          .name("headers")
          .type(Schema.createArray(HEADER))
          .noDefault()
          .endRecord();

  private RecordAvro() {}

  static GenericRecord of(LogRecord record) {
    Long millis = record.timestampMillis();
    GenericRecordBuilder avro =
        new GenericRecordBuilder(SCHEMA)
            .set("topic", record.topic())
            .set("partition", record.partition())
            .set("offset", record.offset())
            .set("timestamp", millis == null ? null : TimeUnit.MILLISECONDS.toMicros(millis))
            .set("key", buffer(record.key()))
            .set("value", buffer(record.value()));
    List<GenericRecord> headers = new ArrayList<>();
    for (Header header : record.headers()) {
      headers.add(
          new GenericRecordBuilder(HEADER)
              .set("name", header.name())
              .set("value", buffer(header.value()))
              .build());
    }

    return avro.set("headers", headers).build();
  }

  private static @Nullable ByteBuffer buffer(byte @Nullable [] bytes) {
    return bytes == null ? null : ByteBuffer.wrap(bytes);
  }

  static LogRecord record(GenericRecord avro) {
    List<Header> headers = new ArrayList<>();
    for (Object header : (GenericData.Array<?>) avro.get("headers")) {
      GenericRecord named = (GenericRecord) header;
      headers.add(new Header(named.get("name").toString(), bytes(named.get("value"))));
    }

    Long micros = (Long) avro.get("timestamp");
    return new LogRecord(
        avro.get("topic").toString(),
        (Integer) avro.get("partition"),
        (Long) avro.get("offset"),
        micros == null ? null : TimeUnit.MICROSECONDS.toMillis(micros),
        bytes(avro.get("key")),
        bytes(avro.get("value")),
        headers);
  }

  private static byte @Nullable [] bytes(@Nullable Object buffer) {
    if (buffer == null) {
      return null;
    }

    ByteBuffer content = ((ByteBuffer) buffer).duplicate();
    byte[] bytes = new byte[content.remaining()];
    content.get(bytes);
    return bytes;
  }
}
