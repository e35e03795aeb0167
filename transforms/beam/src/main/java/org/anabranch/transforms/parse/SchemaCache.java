package org.anabranch.transforms.parse;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Types by the text of the schema in an event, so that each text is understood once. */
final class SchemaCache {

  /** Schemas of many versions of many tables; a few megabytes of text. */
  private static final int MAX_SCHEMAS = 1000;

  @SuppressWarnings("ArrayRecordComponent")
  private record Entry(byte[] text, RowTypes types) {}

  private final LineParser parser = LineParser.create(Limits.MAX_NESTING);
  private final Function<ConnectSchema, RowTypes> meaning;
  private final Map<Integer, List<Entry>> byLength = new HashMap<>();
  private int size;

  SchemaCache(Function<ConnectSchema, RowTypes> meaning) {
    this.meaning = meaning;
  }

  /** Types of the schema whose text is a slice of a buffer. */
  RowTypes get(byte[] bytes, int from, int length) throws IOException {
    List<Entry> sameLength = byLength.getOrDefault(length, List.of());
    for (Entry entry : sameLength) {
      if (Arrays.equals(bytes, from, from + length, entry.text, 0, length)) {
        return entry.types;
      }
    }

    return add(Arrays.copyOfRange(bytes, from, from + length));
  }

  private RowTypes add(byte[] text) throws IOException {
    if (size >= MAX_SCHEMAS) {
      byLength.clear();
      size = 0;
    }

    parser.start(text, 0, text.length).nextToken();
    RowTypes types = meaning.apply(ConnectSchema.read(parser));
    byLength.computeIfAbsent(text.length, key -> new ArrayList<>()).add(new Entry(text, types));
    size++;
    return types;
  }
}
