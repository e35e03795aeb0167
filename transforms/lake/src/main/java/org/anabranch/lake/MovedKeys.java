package org.anabranch.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.anabranch.lake.TableHandle.Segment;
import org.anabranch.model.RowBatch;

/** Encoded keys of the records in segments. Read once per JVM. */
final class MovedKeys {

  private static final Cached<List<Segment>, MovedKeys> CACHE = new Cached<>(16, MovedKeys::load);

  private final Set<ByteBuffer> keys = new HashSet<>();

  private MovedKeys() {}

  static MovedKeys of(List<Segment> segments) {
    return CACHE.get(segments);
  }

  private static MovedKeys load(List<Segment> segments) {
    MovedKeys moved = new MovedKeys();
    try {
      for (Segment segment : segments) {
        Segments.read(segment, moved::add);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return moved;
  }

  private void add(byte[] batch) {
    for (RowBatch.Reader reader = new RowBatch.Reader(batch); reader.next(); ) {
      if (reader.keyLength() > 0) {
        keys.add(ByteBuffer.wrap(reader.key()));
      }
    }
  }

  boolean contains(byte[] key) {
    return keys.contains(ByteBuffer.wrap(key));
  }
}
