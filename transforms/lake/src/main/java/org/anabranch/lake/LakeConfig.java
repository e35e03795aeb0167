package org.anabranch.lake;

import java.io.Serializable;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.anabranch.model.Stable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/**
 * Where tables are and which catalog names them. By default the catalog is the directory itself:
 * {@code DIR/anabranch/TABLE} is a table, found without any server.
 *
 * @param warehouse absolute path of a directory of a local or shared file system that keeps the
 *     rules of POSIX (atomic rename, locks)
 * @param type {@code hadoop} (the directory itself), {@code jdbc} or {@code rest}
 * @param namespace of all tables; {@code anabranch} unless told otherwise
 * @param properties handed to the catalog as they are, {@code uri} among them; those that begin
 *     with {@code hadoop.} are settings of the file system
 * @param durability what is committed survives; by default a power cut
 */
@Stable
public record LakeConfig(
    Path warehouse,
    String type,
    String namespace,
    Map<String, String> properties,
    Durability durability)
    implements Serializable {

  public static final String HADOOP = "hadoop";
  public static final String DEFAULT_NAMESPACE = "anabranch";

  /** Name of the directory where runs and locks are. */
  static final String STATE = ".anabranch";

  private static final String HADOOP_PREFIX = "hadoop.";
  private static final Set<String> TYPES = Set.of(HADOOP, "jdbc", "rest");
  private static final Pattern NAMESPACE =
      Pattern.compile("[\\p{L}\\p{N}_][\\p{L}\\p{N}_.-]{0,254}");
  private static final Pattern SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:/.*");

  public LakeConfig {
    if (!warehouse.getFileSystem().equals(FileSystems.getDefault())
        || SCHEME.matcher(warehouse.toString()).matches()) {
      throw new IllegalArgumentException(
          "a warehouse must be a directory of a local or shared file system, which has locks and"
              + " atomic renames, but was: "
              + warehouse);
    }

    if (!TYPES.contains(type)) {
      throw new IllegalArgumentException(
          "the type of a catalog must be one of hadoop, jdbc, rest, but was: " + type);
    }

    if (!NAMESPACE.matcher(namespace).matches()) {
      throw new IllegalArgumentException(
          "the namespace of a catalog must be a name of letters, digits, '_', '-' and '.' that begins"
              + " with a letter, a digit or '_', for it is a directory of the warehouse, but was: '"
              + namespace
              + "'");
    }

    if (!type.equals(HADOOP) && !properties.containsKey("uri")) {
      throw new IllegalArgumentException("a catalog of type " + type + " needs a uri");
    }

    warehouse = warehouse.toAbsolutePath().normalize();
    properties = Collections.unmodifiableMap(new TreeMap<>(properties));
  }

  /** The directory as its own catalog. */
  public static LakeConfig at(Path warehouse) {
    return new LakeConfig(warehouse, HADOOP, DEFAULT_NAMESPACE, Map.of(), Durability.POWER_CUT);
  }

  /** The same of a path as text. */
  public static LakeConfig at(String warehouse) {
    return at(Path.of(warehouse));
  }

  /**
   * The same directory with the catalog that these settings describe: {@code type}, {@code
   * namespace}, {@code uri} and any property the catalog knows.
   */
  public LakeConfig withCatalog(Map<String, String> settings) {
    Map<String, String> left = new LinkedHashMap<>(settings);
    String newType = left.remove("type");
    String newNamespace = left.remove("namespace");
    return new LakeConfig(
        warehouse,
        newType == null ? type : newType.toLowerCase(Locale.ROOT),
        newNamespace == null ? namespace : newNamespace,
        left,
        durability);
  }

  /** The same tables, whose commits survive this. */
  public LakeConfig withDurability(Durability other) {
    return new LakeConfig(warehouse, type, namespace, properties, other);
  }

  /** The same tables, whose directory is called by another name. */
  LakeConfig withWarehouse(String name) {
    return new LakeConfig(Path.of(name), type, namespace, properties, durability);
  }

  /** Whether the directory is its own catalog. */
  boolean isDirectory() {
    return type.equals(HADOOP);
  }

  /** Directory in which each table has one of its name. */
  String tables() {
    return warehouse + "/" + namespace;
  }

  /** Directory of a table, whether or not it exists. */
  String location(String table) {
    return tables() + "/" + table;
  }

  /** Directory of the tables and of what runs leave, as metadata and people name it. */
  String root() {
    return warehouse.toString();
  }

  /** The files of the warehouse, whose names are relative to it. */
  Storage storage() {
    return Storage.at(root());
  }

  /**
   * Settings of the file system: without Hadoop's default resources, whose reading takes longer
   * than a small commit, and without a checksum file beside each file. The file system is not taken
   * from the cache of the JVM, which others fill with settings of their own.
   */
  Configuration hadoop() {
    Configuration settings = new Configuration(false);
    settings.setClassLoader(LakeConfig.class.getClassLoader());
    Class<? extends FileSystem> files =
        durability == Durability.POWER_CUT ? ForcedFileSystem.class : LocalFileSystem.class;
    settings.setClass("fs.file.impl", files, FileSystem.class);
    settings.setBoolean("fs.file.impl.disable.cache", true);
    properties.forEach(
        (name, value) -> {
          if (name.startsWith(HADOOP_PREFIX)) {
            settings.set(name.substring(HADOOP_PREFIX.length()), value);
          }
        });
    return settings;
  }

  /** A path is not serializable; its text is. */
  private Object writeReplace() {
    return new Form(warehouse.toString(), type, namespace, new TreeMap<>(properties), durability);
  }

  private record Form(
      String warehouse,
      String type,
      String namespace,
      TreeMap<String, String> properties,
      Durability durability)
      implements Serializable {

    private Object readResolve() {
      return new LakeConfig(Path.of(warehouse), type, namespace, properties, durability);
    }
  }
}
