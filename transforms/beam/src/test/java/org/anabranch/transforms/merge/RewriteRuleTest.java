package org.anabranch.transforms.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.List;
import java.util.function.Consumer;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.anabranch.transforms.merge.TableStore.StoredBucket;
import org.junit.jupiter.api.Test;

/** When a bucket is rewritten. */
class RewriteRuleTest {

  private static final RewriteRule RULE = new RewriteRule(100, 5, 8);

  private static boolean rewrites(long rows, long deleted, int files, long changed) {
    return RULE.rewrites(new Bucket(rows, deleted, files, false), changed);
  }

  @Test
  void aSmallBucketIsRewritten() {
    assertThat(rewrites(100, 0, 1, 1), is(true));
    assertThat(rewrites(101, 0, 1, 1), is(false));
  }

  @Test
  void manyChangesRewrite() {
    assertThat(rewrites(1000, 0, 1, 199), is(false));
    assertThat(rewrites(1000, 0, 1, 200), is(true));
  }

  @Test
  void rowsThatEarlierPatchesDeletedCountSoThatReadersNeverReadManyDeadOnes() {
    assertThat(rewrites(1000, 150, 3, 49), is(false));
    assertThat(rewrites(1000, 150, 3, 50), is(true));
  }

  @Test
  void manyFilesAreRewritten() {
    assertThat(rewrites(1000, 0, 8, 1), is(false));
    assertThat(rewrites(1000, 0, 9, 1), is(true));
  }

  @Test
  void withoutChangesOnlyWhatMustBeRewrittenIs() {
    assertThat(rewrites(10, 900, 9, 0), is(false));
    assertThat(RULE.rewrites(new Bucket(1000, 0, 1, true), 0), is(true));
  }

  private record Bucket(long rows, long deletedRows, int files, boolean mustBeRewritten)
      implements StoredBucket {

    @Override
    public void kept(Consumer<byte[]> batches) {
      throw new UnsupportedOperationException();
    }

    @Override
    public RowCursor scan(List<String> key, List<String> columns) {
      throw new UnsupportedOperationException();
    }

    @Override
    public RowCursor sorted(List<String> key, List<String> columns) {
      throw new UnsupportedOperationException();
    }
  }
}
