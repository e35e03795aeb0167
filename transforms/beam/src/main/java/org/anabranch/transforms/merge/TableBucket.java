package org.anabranch.transforms.merge;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;

/**
 * The unit of work: one bucket of one table.
 *
 * @param table name
 * @param bucket number, from 0
 */
public record TableBucket(String table, int bucket) {

  /** Coder of the keys: bucket (4 bytes, big-endian), length and UTF-8 of the name. */
  public static final class BucketCoder extends AtomicCoder<TableBucket> {

    private static final long serialVersionUID = 1;
    private static final BucketCoder INSTANCE = new BucketCoder();

    private BucketCoder() {}

    public static BucketCoder of() {
      return INSTANCE;
    }

    @Override
    public void encode(TableBucket value, OutputStream out) throws IOException {
      new DataOutputStream(out).writeInt(value.bucket());
      StringUtf8Coder.of().encode(value.table(), out);
    }

    @Override
    public TableBucket decode(InputStream in) throws IOException {
      int bucket = new DataInputStream(in).readInt();
      return new TableBucket(StringUtf8Coder.of().decode(in), bucket);
    }

    @Override
    public void verifyDeterministic() {}

    @Override
    public boolean consistentWithEquals() {
      return true;
    }
  }
}
