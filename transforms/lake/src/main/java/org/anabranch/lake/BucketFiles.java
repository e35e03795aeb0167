package org.anabranch.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.ManifestEvaluator;
import org.apache.iceberg.io.FileIO;

/** The live files of snapshots, by bucket; read from manifests only. */
final class BucketFiles {

  /** Stands for a bucket where a file belongs to none: another engine has changed the layout. */
  static final int NO_BUCKET = Integer.MIN_VALUE;

  private final FileIO io;
  private final Map<Integer, PartitionSpec> specs;

  BucketFiles(FileIO io, TableMetadata table) {
    this.io = io;
    specs = table.specsById();
  }

  /** Hands over all live files of a snapshot. */
  void forEach(Snapshot snapshot, Consumer<ContentFile<?>> files) {
    forEach(snapshot.allManifests(io), Expressions.alwaysTrue(), files);
  }

  /** Hands over all live files of manifests. */
  void forEach(Collection<ManifestFile> manifests, Consumer<ContentFile<?>> files) {
    forEach(manifests, Expressions.alwaysTrue(), files);
  }

  /** Live data files and delete files of these buckets. */
  Files of(Snapshot snapshot, Set<Integer> buckets) {
    List<DataFile> data = new ArrayList<>();
    List<DeleteFile> deletes = new ArrayList<>();
    if (buckets.isEmpty()) {
      return new Files(data, deletes);
    }

    forEach(
        snapshot.allManifests(io),
        Expressions.in(LakeLayout.BUCKET, buckets.toArray()),
        file -> {
          if (!buckets.contains(bucket(file))) {
            return;
          }

          if (file instanceof DataFile added) {
            data.add(added);
          } else {
            deletes.add((DeleteFile) file);
          }
        });
    return new Files(data, deletes);
  }

  /** Files of some buckets. */
  record Files(List<DataFile> data, List<DeleteFile> deletes) {}

  /** Buckets whose files differ between two snapshots. */
  Set<Integer> changed(Snapshot from, Snapshot to) {
    Map<String, ManifestFile> before = byPath(from);
    Map<String, ManifestFile> after = byPath(to);
    Map<String, Integer> gone = buckets(without(before, after));
    Map<String, Integer> come = buckets(without(after, before));
    Set<String> stayed = new HashSet<>(gone.keySet());
    stayed.retainAll(come.keySet());
    gone.keySet().removeAll(stayed);
    come.keySet().removeAll(stayed);
    Set<Integer> changed = new TreeSet<>(gone.values());
    changed.addAll(come.values());
    return changed;
  }

  private Map<String, ManifestFile> byPath(Snapshot snapshot) {
    Map<String, ManifestFile> manifests = new HashMap<>();
    snapshot.allManifests(io).forEach(manifest -> manifests.put(manifest.path(), manifest));
    return manifests;
  }

  private static List<ManifestFile> without(
      Map<String, ManifestFile> manifests, Map<String, ManifestFile> others) {
    Predicate<ManifestFile> isOnlyHere = manifest -> !others.containsKey(manifest.path());
    return manifests.values().stream().filter(isOnlyHere).toList();
  }

  private Map<String, Integer> buckets(List<ManifestFile> manifests) {
    Map<String, Integer> buckets = new HashMap<>();
    forEach(
        manifests, Expressions.alwaysTrue(), file -> buckets.put(file.location(), bucket(file)));
    return buckets;
  }

  private void forEach(
      Collection<ManifestFile> manifests, Expression filter, Consumer<ContentFile<?>> files) {
    for (ManifestFile manifest : manifests) {
      if (!mayHold(manifest, filter)) {
        continue;
      }

      try (ManifestReader<? extends ContentFile<?>> reader =
          manifest.content() == ManifestContent.DATA
              ? ManifestFiles.read(manifest, io, specs)
              : ManifestFiles.readDeleteManifest(manifest, io, specs)) {
        reader.forEach(files);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private boolean mayHold(ManifestFile manifest, Expression filter) {
    PartitionSpec spec = specs.get(manifest.partitionSpecId());
    return spec == null
        || !hasBucket(spec)
        || ManifestEvaluator.forPartitionFilter(filter, spec, true).eval(manifest);
  }

  private static boolean hasBucket(PartitionSpec spec) {
    return spec.fields().size() == 1
        && spec.fields().get(0).name().equals(LakeLayout.BUCKET)
        && spec.fields().get(0).transform().isIdentity();
  }

  /** Bucket of a file; {@link #NO_BUCKET} where its partition is none of ours. */
  int bucket(ContentFile<?> file) {
    PartitionSpec spec = specs.get(file.specId());
    if (spec == null || !hasBucket(spec)) {
      return NO_BUCKET;
    }

    Integer bucket = file.partition().get(0, Integer.class);
    return bucket == null ? NO_BUCKET : bucket;
  }
}
