package org.anabranch.kafka;

import java.util.ArrayList;
import java.util.List;
import org.anabranch.transforms.archive.LogRecord;
import org.anabranch.transforms.archive.LogRecord.Header;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Records of topics as records of any log. */
final class Records {

  private Records() {}

  static LogRecord of(ConsumerRecord<byte[], byte[]> record) {
    List<Header> headers = new ArrayList<>();
    record.headers().forEach(header -> headers.add(new Header(header.key(), header.value())));
    return new LogRecord(
        record.topic(),
        record.partition(),
        record.offset(),
        record.timestamp() < 0 ? null : record.timestamp(),
        record.key(),
        record.value(),
        headers);
  }
}
