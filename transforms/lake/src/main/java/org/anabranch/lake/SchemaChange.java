package org.anabranch.lake;

import org.anabranch.model.Internal;
import org.anabranch.model.Type;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a column of a stored table.
 *
 * @param table name
 * @param column name
 * @param stored type in the table; null where the column is new
 * @param becomes type that holds what is stored and what a run has written
 */
@Internal
public record SchemaChange(String table, String column, @Nullable String stored, Type becomes) {

  /** One line, as part of a sentence. */
  @Override
  public String toString() {
    String name = table + "." + column;
    return stored == null
        ? name + " would be added as " + becomes.plain()
        : name + " is stored as " + stored + " and would become " + becomes.plain();
  }
}
