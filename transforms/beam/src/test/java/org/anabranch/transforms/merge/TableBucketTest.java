package org.anabranch.transforms.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.ByteArrayOutputStream;
import java.util.List;
import org.anabranch.transforms.merge.TableBucket.BucketCoder;
import org.apache.beam.sdk.testing.CoderProperties;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.api.Test;

class TableBucketTest {

  private static final BucketCoder CODER = BucketCoder.of();

  @Test
  void comesBackAsItWasAloneAndAmongOthers() throws Exception {
    for (TableBucket bucket :
        List.of(
            new TableBucket("orders", 0),
            new TableBucket("", 4095),
            new TableBucket("Größen 🦀", 99_999))) {
      CoderProperties.coderDecodeEncodeEqual(CODER, bucket);
    }
  }

  @Test
  void isAKeyOnEveryRunner() throws Exception {
    CODER.verifyDeterministic();
    CoderProperties.coderConsistentWithEquals(
        CODER, new TableBucket("orders", 1), new TableBucket("orders", 1));
    CoderProperties.coderConsistentWithEquals(
        CODER, new TableBucket("orders", 1), new TableBucket("orders", 2));
    assertThat(
        CoderUtils.encodeToByteArray(CODER, new TableBucket("a", 1)),
        is(not(CoderUtils.encodeToByteArray(CODER, new TableBucket("b", 1)))));
  }

  @Test
  void hasTheFormatItDocuments() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CODER.encode(new TableBucket("ab", 258), out);
    assertThat(out.toByteArray(), is(new byte[] {0, 0, 1, 2, 2, 'a', 'b'}));
  }
}
