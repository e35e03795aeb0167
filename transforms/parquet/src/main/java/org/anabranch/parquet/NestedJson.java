package org.anabranch.parquet;

import java.util.List;
import java.util.Map;
import org.anabranch.model.JsonText;
import org.jspecify.annotations.Nullable;

/** JSON text of nested values; scalars as {@link JsonText} writes them. */
final class NestedJson {

  private NestedJson() {}

  static String of(@Nullable Object value) {
    StringBuilder out = new StringBuilder();
    append(out, value);
    return out.toString();
  }

  /** The name a map key has as a member of a JSON object. */
  static String key(@Nullable Object value) {
    return value instanceof Map<?, ?> || value instanceof List<?>
        ? of(value)
        : value == null ? "null" : JsonText.scalarText(value);
  }

  private static void append(StringBuilder out, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      String separator = "";
      out.append('{');
      for (Map.Entry<?, ?> member : map.entrySet()) {
        out.append(separator);
        JsonText.quote(out, String.valueOf(member.getKey()));
        out.append(':');
        append(out, member.getValue());
        separator = ",";
      }

      out.append('}');
    } else if (value instanceof List<?> list) {
      String separator = "";
      out.append('[');
      for (Object element : list) {
        out.append(separator);
        append(out, element);
        separator = ",";
      }

      out.append(']');
    } else {
      JsonText.append(out, value);
    }
  }
}
