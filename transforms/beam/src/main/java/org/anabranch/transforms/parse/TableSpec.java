package org.anabranch.transforms.parse;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.anabranch.model.Schema;
import org.anabranch.model.Stable;
import org.anabranch.model.Type;

/**
 * What a pipeline declares of a table. Everything but the name may be left out.
 *
 * @param name of the table, as the source calls it without database and schema
 * @param key names of the key columns in order; empty: the key that each event carries
 * @param columns declared types by column, as text for {@link org.anabranch.model.Type#parse},
 *     optionally with a precision of the source's unit: {@code timestamp(3)} and {@code time(3)}
 *     are milliseconds where the source sends a number, {@code timestamp} and {@code time} are
 *     microseconds
 * @param required columns that must have a value; a row without is a dead letter
 * @param form how its events look
 * @param baseColumns types that the columns have in the table's base, in the form of {@code
 *     columns}: values without a declared type are read so where they fit and kept as they were
 *     sent where they do not
 * @param storedKey key columns that the table is stored by, empty where it is not: they say which
 *     columns the key of an event stands for, and give no key to an event that carries none
 * @param keptColumns types of the stored columns where these must stay as they are: other columns
 *     are left out, and an image with a value that does not fit is a dead letter; empty where the
 *     table may change
 * @param logTimeColumn column that takes the time the log has for the record of a plain row, null
 *     where it has none; empty for a table without such a column
 */
@Stable
public record TableSpec(
    String name,
    List<String> key,
    Map<String, String> columns,
    Set<String> required,
    Form form,
    Map<String, String> baseColumns,
    List<String> storedKey,
    Map<String, String> keptColumns,
    String logTimeColumn)
    implements Serializable {

  /** How the events of a table look. */
  public enum Form {
    /** Change events in an envelope. */
    CHANGES,
    /** Plain rows; of those with the same key the last one in the log is valid. */
    ROWS,
    /**
     * Plain rows, each a fact that never changes: of those with the same key the first one in the
     * log is valid. Such a table has no base.
     */
    FACTS
  }

  private static final int DECLARED_ORDINAL = 1 << 20;

  public TableSpec {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a table needs a name");
    }

    key = List.copyOf(key);
    columns = new LinkedHashMap<>(columns);
    required = new LinkedHashSet<>(required);
    baseColumns = new LinkedHashMap<>(baseColumns);
    storedKey = List.copyOf(storedKey);
    keptColumns = new LinkedHashMap<>(keptColumns);
  }

  /** Table that neither has a base nor is stored. */
  public TableSpec(
      String name, List<String> key, Map<String, String> columns, Set<String> required, Form form) {
    this(name, key, columns, required, form, Map.of(), List.of(), Map.of(), "");
  }

  /** The same table with a column for the time the log has for each record of a plain row. */
  public TableSpec withLogTime(String column) {
    Map<String, String> more = new LinkedHashMap<>(columns);
    more.put(column, Type.TIMESTAMPTZ.toString());
    return new TableSpec(
        name, key, more, required, form, baseColumns, storedKey, keptColumns, column);
  }

  /**
   * The same table with a base that has these columns. Decimals may have more digits than in the
   * base: their type is joined.
   */
  public TableSpec withBase(Schema base) {
    Map<String, String> types = new LinkedHashMap<>();
    for (Schema.Column column : base.columns()) {
      Type type = column.type();
      if (type.kind() != Type.Kind.NULL) {
        types.put(column.name(), type.kind() == Type.Kind.DECIMAL ? "decimal" : type.toString());
      }
    }

    return new TableSpec(
        name, key, columns, required, form, types, storedKey, keptColumns, logTimeColumn);
  }

  /** The same table with the type of a column, unless that is declared already. */
  public TableSpec withType(String column, Type type) {
    Map<String, String> more = new LinkedHashMap<>(columns);
    more.putIfAbsent(column, type.toString());
    return new TableSpec(
        name, key, more, required, form, baseColumns, storedKey, keptColumns, logTimeColumn);
  }

  /** The same table, stored by this key. */
  public TableSpec withStoredKey(List<String> stored) {
    return new TableSpec(
        name, key, columns, required, form, baseColumns, stored, keptColumns, logTimeColumn);
  }

  /** The same table with the columns of its source that are stored, which stay as they are. */
  public TableSpec keeping(Schema stored) {
    Map<String, String> types = new LinkedHashMap<>();
    stored.columns().forEach(column -> types.put(column.name(), kept(column.type()).toString()));
    return new TableSpec(
        name, key, columns, required, form, baseColumns, storedKey, types, logTimeColumn);
  }

  /** Where only nulls were seen, text is stored. */
  private static Type kept(Type stored) {
    Type element = stored.element();
    if (element != null) {
      return Type.listOf(kept(element));
    }

    return stored.equals(Type.NULL) ? Type.STRING : stored;
  }

  /**
   * Schema as declared: key columns and declared columns, placed behind those seen in images. Of a
   * table that stays as it is, these are the stored columns.
   *
   * @throws IllegalArgumentException for a type that does not exist
   */
  public Schema schema() {
    Map<String, Type> types = new LinkedHashMap<>();
    key.forEach(name -> types.put(name, Type.NULL));
    if (keptColumns.isEmpty()) {
      columns.forEach((name, text) -> types.put(name, declared(name, ColumnType.parse(text))));
    } else {
      keptColumns.forEach((name, text) -> types.put(name, Type.parse(text)));
    }

    List<Schema.Column> declared = new ArrayList<>();
    types.forEach(
        (name, type) ->
            declared.add(new Schema.Column(name, type, DECLARED_ORDINAL + declared.size())));
    return Schema.of(declared);
  }

  private Type declared(String column, ColumnType declared) {
    ColumnType type = key.contains(column) ? declared.ofKey() : declared;
    return Objects.requireNonNullElse(type.type(), Type.NULL);
  }

  /** Table of which only the name is known. */
  public static TableSpec named(String name) {
    return new TableSpec(name, List.of(), Map.of(), Set.of(), Form.CHANGES);
  }
}
