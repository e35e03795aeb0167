package org.anabranch.lake;

import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** Says which schema of Iceberg's a table has, with field ids. */
@FunctionalInterface
interface SchemaShape {

  /**
   * The next schema of a table; the same for the workers that write its files and for the commit.
   *
   * @param current schema of the table; null for a new one
   * @param columns of the table with what is added
   */
  Schema next(@Nullable Schema current, org.anabranch.model.Schema columns);
}
