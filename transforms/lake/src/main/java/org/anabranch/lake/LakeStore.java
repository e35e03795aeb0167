package org.anabranch.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.anabranch.lake.TableHandle.Segment;
import org.anabranch.model.Internal;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.source.TableFacts;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * Tables in Apache Iceberg as the workers of one run see them: as of the versions in the handles,
 * whatever is committed meanwhile. Reads and writes files only; the commit is made elsewhere, from
 * what {@link BucketWriter#close} gives.
 *
 * <p>Metadata, the lists of files and the keys of moved rows are read once per JVM.
 */
@Internal
public final class LakeStore implements TableStore {

  private static final long serialVersionUID = 1;

  private final HashMap<String, TableHandle> handles;
  private final String newTablesLocation;
  private final Durability durability;
  private final String runId;
  private final int bucketsOfNewTables;
  private transient @Nullable Map<String, MovedKeys> moved;

  /**
   * @param handles of the stored tables by name
   * @param newTablesLocation directory in which a new table has a directory of its name
   * @param durability of the files it writes
   * @param runId part of the names of files
   */
  LakeStore(
      Map<String, TableHandle> handles,
      String newTablesLocation,
      Durability durability,
      String runId,
      int bucketsOfNewTables) {
    this.handles = new HashMap<>(handles);
    this.newTablesLocation = newTablesLocation;
    this.durability = durability;
    this.runId = runId;
    this.bucketsOfNewTables = bucketsOfNewTables;
  }

  @Override
  public int bucketsOfNewTables() {
    return bucketsOfNewTables;
  }

  @Override
  public Schema schema(String table) {
    TableHandle handle = handles.get(table);
    return handle == null ? Schema.EMPTY : Columns.fromText(handle.columns());
  }

  @Override
  public List<String> key(String table) {
    TableHandle handle = handles.get(table);
    return handle == null ? List.of() : handle.key();
  }

  @Override
  public TableFacts facts(String table) {
    TableHandle handle = handles.get(table);
    return handle == null ? TableFacts.NONE : TableFacts.fromText(handle.facts());
  }

  @Override
  public boolean hasOldKeys(String table) {
    TableHandle handle = handles.get(table);
    return handle != null && handle.keyForm() != TableState.KEY_FORM;
  }

  @Override
  public boolean isMoved(String table, byte[] key) {
    Map<String, MovedKeys> known = moved;
    if (known == null) {
      known = new ConcurrentHashMap<>();
      moved = known;
    }

    return known.computeIfAbsent(table, name -> MovedKeys.of(segments(name, MOVED))).contains(key);
  }

  private List<Segment> segments(String table, int bucket) {
    TableHandle handle = handles.get(table);
    return handle == null
        ? List.of()
        : handle.segments().stream().filter(segment -> segment.bucket() == bucket).toList();
  }

  @Override
  public Map<String, Integer> buckets() {
    Map<String, Integer> buckets = new TreeMap<>();
    handles.values().stream()
        .filter(handle -> handle.buckets() > 0)
        .forEach(handle -> buckets.put(handle.table(), handle.buckets()));
    return buckets;
  }

  @Override
  public boolean hasMoved(String table) {
    return !segments(table, MOVED).isEmpty() || !files(table, MOVED).data().isEmpty();
  }

  private TableFiles.Bucket files(String table, int bucket) {
    TableHandle handle = stored(table);
    return handle == null ? TableFiles.Bucket.EMPTY : TableFiles.of(handle).bucket(bucket);
  }

  /** Handle of a table that is not new. */
  private @Nullable TableHandle stored(String table) {
    TableHandle handle = handles.get(table);
    return handle == null || handle.metadataLocation().isEmpty() ? null : handle;
  }

  private SchemaPlan plan(String table, Schema schema) {
    TableHandle handle = stored(table);
    return handle == null
        ? SchemaPlan.of(null, List.of(), schema)
        : SchemaPlan.of(TableFiles.of(handle).table(), schema(table).columns(), schema);
  }

  @Override
  public StoredBucket open(String table, Schema schema, int bucket) throws IOException {
    TableHandle handle = stored(table);
    if (handle == null) {
      return bucket(table, plan(table, schema).icebergSchema(), bucket, false);
    }

    TableFiles files = TableFiles.of(handle);
    boolean mustRewrite = !files.isOld() && plan(table, schema).mustRewrite();
    return bucket(table, files.schema(), bucket, mustRewrite);
  }

  private LakeBucket bucket(
      String table, org.apache.iceberg.Schema schema, int bucket, boolean mustRewrite)
      throws IOException {
    return new LakeBucket(
        schema,
        files(table, bucket),
        segments(table, bucket),
        mustRewrite,
        hasOldKeys(table) ? LakeBucket.Order.OF_OLD_KEYS : LakeBucket.Order.OF_KEYS);
  }

  @Override
  public StoredBucket reopen(String table, Schema schema, int bucket, List<WrittenFile> files)
      throws IOException {
    org.apache.iceberg.Schema planned = plan(table, schema).icebergSchema();
    TableHandle stored = stored(table);
    PartitionSpec spec =
        stored == null ? LakeLayout.spec(planned) : TableFiles.of(stored).table().spec();
    List<TableFiles.Data> data = new ArrayList<>();
    List<Segment> kept = new ArrayList<>();
    for (WrittenFile file : files) {
      FileContent content = FileContent.fromJson(file.content());
      kept.addAll(content.kept());
      for (String json : content.data()) {
        ContentFile<?> added = TableCommit.parse(json, Map.of(spec.specId(), spec));
        data.add(new TableFiles.Data(added.location(), added.recordCount()));
      }
    }

    return new LakeBucket(
        planned, new TableFiles.Bucket(data, List.of()), kept, false, LakeBucket.Order.OF_KEYS);
  }

  @Override
  public BucketWriter write(String table, Schema schema, int bucket) {
    TableHandle handle = handles.get(table);
    TableHandle stored = stored(table);
    Table known = stored == null ? null : TableFiles.of(stored).table();
    org.apache.iceberg.Schema planned = plan(table, schema).icebergSchema();
    PartitionSpec spec = known == null ? LakeLayout.spec(planned) : known.spec();
    return new LakeWriter(
        new LakeWriter.Target(
            table,
            known,
            handle == null ? newTablesLocation + "/" + table : handle.location(),
            durability,
            runId,
            bucket,
            planned,
            spec,
            key(table),
            schema.columns().stream().map(Column::name).toList(),
            schema.columns().stream().collect(Collectors.toMap(Column::name, Column::type)),
            files(table, bucket)));
  }
}
