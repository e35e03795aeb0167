package org.anabranch.launcher;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.jspecify.annotations.Nullable;

/**
 * What one place, the command line or a file, declares of tables.
 *
 * @param only tables to read; null: all
 * @param keys key columns by table
 * @param columns declared types by column, by table
 * @param bases globs of Parquet files by table
 * @param histories tables that also get a history; null: not said
 * @param schemaChanges what happens where rows do not fit a stored schema, by table
 */
record TableDeclarations(
    @Nullable Set<String> only,
    Map<String, List<String>> keys,
    Map<String, Map<String, String>> columns,
    Map<String, String> bases,
    @Nullable Set<String> histories,
    Map<String, Policy> schemaChanges) {

  static final TableDeclarations NONE =
      new TableDeclarations(null, Map.of(), Map.of(), Map.of(), null, Map.of());

  TableDeclarations {
    only = only == null ? null : Collections.unmodifiableSet(new LinkedHashSet<>(only));
    keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    bases = Collections.unmodifiableMap(new LinkedHashMap<>(bases));
    histories =
        histories == null ? null : Collections.unmodifiableSet(new LinkedHashSet<>(histories));
    schemaChanges = Collections.unmodifiableMap(new LinkedHashMap<>(schemaChanges));
  }

  /** These declarations where the stronger ones say nothing: by table, types by column. */
  TableDeclarations under(TableDeclarations stronger) {
    Map<String, List<String>> allKeys = new LinkedHashMap<>(keys);
    allKeys.putAll(stronger.keys);
    Map<String, Map<String, String>> allColumns = new LinkedHashMap<>(columns);
    stronger.columns.forEach(
        (table, types) -> {
          Map<String, String> merged =
              new LinkedHashMap<>(allColumns.getOrDefault(table, Map.of()));
          merged.putAll(types);
          allColumns.put(table, merged);
        });
    Map<String, String> allBases = new LinkedHashMap<>(bases);
    allBases.putAll(stronger.bases);
    Map<String, Policy> allChanges = new LinkedHashMap<>(schemaChanges);
    allChanges.putAll(stronger.schemaChanges);
    return new TableDeclarations(
        stronger.only == null ? only : stronger.only,
        allKeys,
        allColumns,
        allBases,
        stronger.histories == null ? histories : stronger.histories,
        allChanges);
  }

  /** Tables that are named anywhere. */
  Set<String> names() {
    Set<String> names = new LinkedHashSet<>(only == null ? Set.of() : only);
    names.addAll(keys.keySet());
    names.addAll(columns.keySet());
    names.addAll(bases.keySet());
    names.addAll(histories == null ? Set.of() : histories);
    return names;
  }
}
