package org.anabranch.transforms.parse;

import java.nio.ByteBuffer;
import java.util.List;
import org.anabranch.model.Internal;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Type;
import org.jspecify.annotations.Nullable;

/**
 * A row as parsing gives it, in buffers that are used again for the next one.
 *
 * @param key encoded key
 * @param keyColumns names of the key's parts
 * @param columns of the row, each name once
 * @param types by column: declared by the pipeline or by the schema in the event; null where the
 *     type follows from the value, and as a whole where all do
 * @param values encoded values of the columns, one after the other
 */
@SuppressWarnings("ArrayRecordComponent")
@Internal
public record RowImage(
    KeyWriter key,
    List<String> keyColumns,
    List<String> columns,
    @Nullable Type @Nullable [] types,
    ByteBuffer values) {

  /** Where the values begin in their array. */
  int offset() {
    return values.arrayOffset() + values.position();
  }

  int length() {
    return values.remaining();
  }
}
