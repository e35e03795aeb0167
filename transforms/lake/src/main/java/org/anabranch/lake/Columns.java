package org.anabranch.lake;

import java.util.List;
import org.anabranch.model.Schema;
import org.anabranch.model.Type;

/** The columns of our schema as texts {@code name TAB type TAB ordinal}. */
final class Columns {

  private Columns() {}

  static List<String> toText(Schema schema) {
    return schema.columns().stream()
        .map(column -> column.name() + "\t" + column.type() + "\t" + column.ordinal())
        .toList();
  }

  static Schema fromText(List<String> columns) {
    return Schema.of(columns.stream().map(Columns::column).toList());
  }

  private static Schema.Column column(String text) {
    // From the end: a name may hold a tab, the others cannot.
    int ordinal = text.lastIndexOf('\t');
    int type = text.lastIndexOf('\t', ordinal - 1);
    if (type < 0) {
      throw new IllegalArgumentException(
          "a column must be name, type and ordinal, but was: " + text);
    }

    return new Schema.Column(
        text.substring(0, type),
        Type.parse(text.substring(type + 1, ordinal)),
        Integer.parseInt(text.substring(ordinal + 1)));
  }
}
