package org.anabranch.transforms.parse;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.anabranch.model.Internal;
import org.jspecify.annotations.Nullable;

/**
 * A record that is too long to be kept: its first {@link #HELD_BYTES}, and the length and the
 * checksums of all of it. Takes the record in parts.
 */
@Internal
public final class CutRecord {

  /** How much of a record is kept at most. */
  public static final int HELD_BYTES = 1 << 20;

  private final MessageDigest digest;
  private final CRC32C checksum = new CRC32C();
  private byte[] head = {};
  private long length;
  private @Nullable String sha256;

  public CutRecord() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Takes the next part of the record. */
  public void add(byte[] bytes, int from, int to) {
    int held = head.length;
    int more = Math.min(HELD_BYTES - held, to - from);
    if (more > 0) {
      head = Arrays.copyOf(head, held + more);
      System.arraycopy(bytes, from, head, held, more);
    }

    digest.update(bytes, from, to - from);
    checksum.update(bytes, from, to - from);
    length += to - from;
  }

  byte[] head() {
    return head;
  }

  /** Length of the whole record in bytes. */
  public long length() {
    return length;
  }

  /** CRC32C of the whole record. */
  long checksum() {
    return checksum.getValue();
  }

  /** SHA-256 of the whole record, in hexadecimal digits. Nothing can be added afterwards. */
  String sha256() {
    String known = sha256;
    if (known == null) {
      known = HexFormat.of().formatHex(digest.digest());
      sha256 = known;
    }

    return known;
  }
}
