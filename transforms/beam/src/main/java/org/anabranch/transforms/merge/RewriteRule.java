package org.anabranch.transforms.merge;

import java.io.Serializable;
import org.anabranch.transforms.merge.TableStore.StoredBucket;

/**
 * Whether a bucket with changes is rewritten (copy-on-write) or patched with deletes and new rows
 * (merge-on-read). The rows are the same either way.
 *
 * @param smallRows up to so many rows a bucket is rewritten: small files cost more than small
 *     rewrites
 * @param copiesPerChange rows whose copying costs as much as one changed row in a patch, later
 *     reads counted in: a bucket is rewritten when the rows that patches have deleted so far and
 *     those that may change now are more than one in so many
 * @param manyFiles beyond so many data and delete files a bucket is rewritten
 */
public record RewriteRule(long smallRows, long copiesPerChange, int manyFiles)
    implements Serializable {

  /** Estimated, not measured; see .github/decisions/0004. */
  public static final RewriteRule BY_COST = new RewriteRule(20_000, 5, 24);

  boolean rewrites(StoredBucket stored, long changedKeys) {
    if (stored.mustBeRewritten() || changedKeys == 0) {
      return stored.mustBeRewritten();
    }

    return stored.rows() <= smallRows
        || stored.files() > manyFiles
        || stored.deletedRows() + changedKeys >= stored.rows() / copiesPerChange;
  }
}
