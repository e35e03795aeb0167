package org.anabranch.transforms.parse;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.anabranch.model.Internal;
import org.anabranch.model.Schema;
import org.anabranch.model.Type;
import org.anabranch.transforms.merge.MergeBuckets;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.parse.ParseConfig.Others;
import org.anabranch.transforms.source.TableFacts;

/**
 * Declarations of tables with what is known of those that are stored: values become what their
 * columns are stored as, where somebody has declared that once, keys what they were, and a table
 * that is to keep its columns takes no others.
 */
@Internal
public final class KnownTables {

  private KnownTables() {}

  /**
   * Tables by name, those that are stored among them.
   *
   * @param declared by name
   * @param others whether tables that are not declared are read
   * @param schemaChanges what may become of stored schemas
   * @param bases columns of base tables, by table
   */
  public static Map<String, TableSpec> of(
      Map<String, TableSpec> declared,
      Others others,
      TableStore store,
      SchemaChanges schemaChanges,
      Map<String, Schema> bases) {
    Map<String, TableSpec> known = new LinkedHashMap<>(declared);
    if (others == Others.READ) {
      for (String table : store.buckets().keySet()) {
        boolean isRead =
            !table.equals(DeadLetters.TABLE) && !MergeBuckets.isHistory(store.schema(table));
        if (isRead) {
          known.putIfAbsent(table, TableSpec.named(table));
        }
      }
    }

    known.replaceAll(
        (table, spec) -> {
          Schema base = Objects.requireNonNullElse(bases.get(table), Schema.EMPTY);
          TableSpec typed = stored(spec, store).withBase(types(spec, store).join(base));
          return areKept(table, store, schemaChanges)
              ? typed.keeping(MergeBuckets.sourceColumns(store.schema(table)))
              : typed;
        });
    return known;
  }

  /** Whether a table keeps its columns and their types, and values of other columns are ignored. */
  public static boolean areKept(String table, TableStore store, SchemaChanges schemaChanges) {
    return schemaChanges.of(table) == Policy.IGNORE && MergeBuckets.isTyped(store.schema(table));
  }

  /** The declaration of a table with the key that was declared before, and the booleans in it. */
  private static TableSpec stored(TableSpec declared, TableStore store) {
    List<String> key = key(declared, store);
    Schema schema = store.schema(declared.name());
    TableSpec spec = declared;
    for (String column : key) {
      Schema.Column stored = schema.column(column);
      if (stored != null && stored.type().equals(Type.BOOLEAN)) {
        spec = spec.withType(column, Type.BOOLEAN);
      }
    }

    // A key that events have said is theirs to say again: what disagrees refuses the table.
    boolean isOfEvents = !store.facts(declared.name()).values(TableFacts.KEY).isEmpty();
    return key.isEmpty() || isOfEvents || spec.key().equals(key) ? spec : spec.withStoredKey(key);
  }

  /** Columns of the key: as declared, else as the table is stored by. */
  private static List<String> key(TableSpec spec, TableStore store) {
    return spec.key().isEmpty() ? store.key(spec.name()) : spec.key();
  }

  private static Schema types(TableSpec spec, TableStore store) {
    List<String> key = key(spec, store);
    return Schema.of(
        store.schema(spec.name()).columns().stream()
            .map(column -> key.contains(column.name()) ? exact(column) : column)
            .filter(column -> isNotInferred(column.type(), key.contains(column.name())))
            .toList());
  }

  /** Numbers beside doubles of a key are decimals: no two of them become one. */
  private static Schema.Column exact(Schema.Column column) {
    return column.type().kind() == Type.Kind.DOUBLE
        ? new Schema.Column(column.name(), Type.decimal(Type.MAX_PRECISION, 0), column.ordinal())
        : column;
  }

  /** Types that values never have by themselves: somebody declared them in an earlier run. */
  private static boolean isNotInferred(Type type, boolean isOfKey) {
    return switch (type.kind()) {
      case NULL, BOOLEAN, INT64, DOUBLE, JSON, STRING, LIST -> false;
      case DECIMAL -> isOfKey;
      default -> true;
    };
  }
}
