package org.anabranch.lake;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.anabranch.lake.Storage.Entry;
import org.anabranch.lake.Storage.Lock;
import org.apache.iceberg.BaseTransaction;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.Transactions;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.exceptions.ValidationException;
import org.jspecify.annotations.Nullable;

/** The catalog of a lake: names of tables, their metadata, and transactions that never rebase. */
final class LakeCatalog implements Closeable {

  private static final String NAME = "anabranch";
  private static final String LOCKS = "lock-impl";
  private static final String JDBC = "jdbc";
  private static final String MAKES_TABLES = "jdbc.init-catalog-tables";

  /** Of SQLite, which others do not know and pass over: how long to wait for who writes. */
  private static final String BUSY_MILLIS = "jdbc.busy_timeout";

  private final LakeConfig config;
  private final Catalog catalog;
  private final Namespace namespace;
  private final boolean ownLocks;

  /** Stands between us and the catalog; tests make it fail. */
  private final UnaryOperator<TableOperations> between;

  private LakeCatalog(LakeConfig config, Catalog catalog, UnaryOperator<TableOperations> between) {
    this.config = config;
    this.catalog = catalog;
    this.between = between;
    namespace = Namespace.of(config.namespace());
    ownLocks = config.isDirectory() && !config.properties().containsKey(LOCKS);
  }

  static LakeCatalog open(LakeConfig config, UnaryOperator<TableOperations> between) {
    Map<String, String> properties = new HashMap<>(config.properties());
    properties.put(CatalogUtil.ICEBERG_CATALOG_TYPE, config.type());
    properties.putIfAbsent(CatalogProperties.WAREHOUSE_LOCATION, config.root());
    if (config.isDirectory()) {
      properties.putIfAbsent(LOCKS, DirectoryLocks.class.getName());
    } else if (config.type().equals(JDBC) && !properties.containsKey(MAKES_TABLES)) {
      properties.putIfAbsent(BUSY_MILLIS, String.valueOf(DirectoryLocks.MAX_WAIT.toMillis()));
      makeTables(config, properties);
      properties.put(MAKES_TABLES, "false");
    }

    Catalog catalog = CatalogUtil.buildIcebergCatalog(NAME, properties, config.hadoop());
    return new LakeCatalog(config, catalog, between);
  }

  /**
   * Makes the tables that a catalog keeps in its database, where they are missing; others may be
   * about to do the same. The connection is closed at once: Iceberg leaves the query open by which
   * it looks for them, and SQLite lets nobody write as long as one is.
   */
  private static void makeTables(LakeConfig config, Map<String, String> properties) {
    try {
      Lock lock =
          config.storage().lock(LakeConfig.STATE + "/catalog.lock", DirectoryLocks.MAX_WAIT);
      try {
        Catalog catalog = CatalogUtil.buildIcebergCatalog(NAME, properties, config.hadoop());
        ((Closeable) catalog).close();
      } finally {
        lock.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  LakeConfig config() {
    return config;
  }

  private TableIdentifier identifier(String table) {
    return TableIdentifier.of(namespace, table);
  }

  /** Names of all tables of the namespace, whoever made them, in order. */
  List<String> names() {
    try {
      return catalog.listTables(namespace).stream().map(TableIdentifier::name).sorted().toList();
    } catch (NoSuchNamespaceException e) {
      return List.of();
    }
  }

  /**
   * The operations of a table, freshly loaded; null where there is no such table.
   *
   * @throws BrokenTableException where its metadata cannot be read
   */
  @Nullable TableOperations load(String table) {
    try {
      return between.apply(
          ((HasTableOperations) catalog.loadTable(identifier(table))).operations());
    } catch (NoSuchTableException e) {
      return null;
    } catch (RuntimeIOException
        | NotFoundException
        | ValidationException
        | IllegalArgumentException e) {
      throw new BrokenTableException(table, brokenMetadata(table, e), e);
    }
  }

  /** The same; null also where it cannot be read. */
  @Nullable TableOperations loadIfWhole(String table) {
    try {
      return load(table);
    } catch (BrokenTableException e) {
      return null;
    }
  }

  private String brokenMetadata(String table, RuntimeException failure) {
    String reason = String.valueOf(failure.getMessage());
    try {
      Optional<Entry> newest =
          config.storage().list(config.location(table) + "/metadata").stream()
              .filter(file -> file.name().endsWith(".metadata.json"))
              .max(Comparator.comparing(Entry::modified));
      return newest.isEmpty() || reason.contains(newest.get().name())
          ? reason
          : "%s (newest metadata: %s)".formatted(reason, newest.get().name());
    } catch (IOException | UncheckedIOException noPlace) {
      return reason;
    }
  }

  /**
   * Starts a transaction that makes a table.
   *
   * @throws ConflictException where it exists
   */
  Transaction create(
      String table, Schema schema, PartitionSpec spec, Map<String, String> properties, String run) {
    if (catalog instanceof SupportsNamespaces namespaces
        && !namespaces.namespaceExists(namespace)) {
      createNamespace(namespaces);
    }

    Transaction made;
    try {
      made =
          catalog
              .buildTable(identifier(table), schema)
              .withLocation(config.location(table))
              .withPartitionSpec(spec)
              .withProperties(properties)
              .createTransaction();
    } catch (AlreadyExistsException e) {
      throw new ConflictException(table);
    } catch (IllegalArgumentException e) {
      // Iceberg looks twice, and says this where the table was made in between.
      if (load(table) != null) {
        throw new ConflictException(table);
      }

      throw e;
    }

    BaseTransaction started = (BaseTransaction) made;
    PinnedOperations pinned = pin(table, between.apply(started.underlyingOps()), null, run);
    return Transactions.createTableTransaction(table, pinned, started.currentMetadata());
  }

  /** Takes a table out of the catalog; its files stay. */
  void drop(String table) {
    catalog.dropTable(identifier(table), false);
  }

  private void createNamespace(SupportsNamespaces namespaces) {
    try {
      namespaces.createNamespace(namespace);
    } catch (AlreadyExistsException e) {
      // Another run has made it in between, which is as good.
      return;
    }
  }

  /** Starts a transaction on a table as it was loaded. */
  Transaction update(String table, TableOperations loaded, TableMetadata metadata, String run) {
    return Transactions.newTransaction(table, pin(table, loaded, metadata, run));
  }

  private PinnedOperations pin(
      String table, TableOperations operations, @Nullable TableMetadata metadata, String run) {
    return new PinnedOperations(
        table, operations, metadata, run, ownLocks ? config.location(table) : null);
  }

  @Override
  public void close() throws IOException {
    if (catalog instanceof Closeable closeable) {
      closeable.close();
    }
  }
}
