package org.anabranch.transforms.parse;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.anabranch.model.Internal;

/**
 * How raw records become changes.
 *
 * @param tables declared tables by name
 * @param others whether tables that are not declared are read too
 * @param tombstones what a record without a value means
 * @param unavailableValue text a source writes for a value it did not send
 * @param buckets numbers of buckets by table, 1 to 4096
 * @param taken names that other tables of the run have, such as histories: changes of tables of
 *     that name are dead letters
 * @param routes to which tables changes go; the first one that matches decides, and without one a
 *     table keeps its name
 * @param limits what a record may be like at most
 */
@Internal
public record ParseConfig(
    Map<String, TableSpec> tables,
    Others others,
    Tombstones tombstones,
    String unavailableValue,
    BucketCounts buckets,
    Set<String> taken,
    List<Route> routes,
    Limits limits)
    implements Serializable {

  /** Default of Debezium's {@code unavailable.value.placeholder}. */
  public static final String UNAVAILABLE = "__debezium_unavailable_value";

  /** What happens to the events of tables that are not declared. */
  public enum Others {
    /** Read with the key each event carries. */
    READ,
    /** Counted as ignored. */
    IGNORE
  }

  /** What a record with a key and no value means. */
  public enum Tombstones {
    /** It repeats the delete before it: counted as ignored. */
    IGNORE,
    /**
     * It is the delete, as in a compacted topic where only it is left. It has no source position,
     * so all records of these topics are ordered by their place in the log instead.
     */
    DELETE
  }

  public ParseConfig {
    if (buckets.ofNewTables() < 1 || buckets.ofNewTables() > 4096) {
      throw new IllegalArgumentException(
          "buckets must be between 1 and 4096, but was: " + buckets.ofNewTables());
    }

    tables = new LinkedHashMap<>(tables);
    taken = new TreeSet<>(taken);
    routes = List.copyOf(routes);
  }

  /** Configuration in which no name is taken, every table keeps its name, with default limits. */
  public ParseConfig(
      Map<String, TableSpec> tables,
      Others others,
      Tombstones tombstones,
      String unavailableValue,
      int buckets) {
    this(
        tables,
        others,
        tombstones,
        unavailableValue,
        BucketCounts.all(buckets),
        Set.of(),
        List.of(),
        Limits.DEFAULT);
  }

  /** The same with other limits. */
  public ParseConfig withLimits(Limits other) {
    return new ParseConfig(
        tables, others, tombstones, unavailableValue, buckets, taken, routes, other);
  }

  /** The same with other declarations. */
  ParseConfig withTables(Map<String, TableSpec> other) {
    return new ParseConfig(
        other, others, tombstones, unavailableValue, buckets, taken, routes, limits);
  }
}
