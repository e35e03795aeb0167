package org.anabranch.launcher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.lake.LakeRows;
import org.anabranch.lake.LakeTable;
import org.anabranch.model.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * Says in a few characters what rows a table holds: their number, and the sum of the SHA-256 of
 * each row, so that their order does not matter but each row counts as often as it is there.
 * Columns that are ours ({@code _ab_...}) are left out.
 */
final class RowDigest {

  private static final String METADATA_PREFIX = "_ab_";

  private RowDigest() {}

  static String of(LakeTable table) throws IOException {
    long rows = 0;
    long sum = 0;
    try (LakeRows all = table.openRows()) {
      while (all.next()) {
        rows++;
        sum += hash(all.columns(), all.row());
      }
    }

    return rows + " " + Long.toHexString(sum);
  }

  private static long hash(List<String> columns, List<@Nullable Object> row) {
    Map<String, StringBuilder> values = new TreeMap<>();
    for (int i = 0; i < columns.size(); i++) {
      if (!columns.get(i).startsWith(METADATA_PREFIX)) {
        StringBuilder value = new StringBuilder();
        JsonText.append(value, row.get(i));
        values.put(columns.get(i), value);
      }
    }

    byte[] hash = sha256().digest(values.toString().getBytes(StandardCharsets.UTF_8));
    long first = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      first = first << 8 | (hash[i] & 0xFF);
    }

    return first;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
