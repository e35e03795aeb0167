package org.anabranch.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.anabranch.lake.Storage.Entry;
import org.jspecify.annotations.Nullable;

/**
 * The files of a table's directory that may be ours, by the places and names that runs and catalogs
 * give them (see {@link LakeLayout}, {@link ArchiveLayout}, {@link States}). Everything else there,
 * links and what they lead to included, belongs to others and is never deleted.
 */
final class OwnFiles {

  private static final String UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  private static final String RUN = "(ab[0-9a-z]{17})";

  /** What runs write: the first group is the run. */
  private static final List<Pattern> OF_RUNS =
      List.of(
          Pattern.compile("data/(?:[^/]+/)*ab-" + RUN + "-[^/]*\\.parquet"),
          Pattern.compile("_ab/kept/" + RUN + "-[^/]*\\.bin"),
          Pattern.compile("_ab/state/" + RUN + "-[^/]*\\.json"),
          Pattern.compile("metadata/" + RUN + "-[^/]*\\.(?:avro|json)"));

  /**
   * What catalogs write while they commit, under names that tell of no run. Cut off at that, a
   * commit leaves a metadata file that is no version yet, a pointer that is not in its place, or
   * the oldest metadata file, which it has taken out of the log and was about to delete.
   */
  private static final Pattern COMMITTING =
      Pattern.compile(
          "metadata/(?:(?:v\\d+|(?:\\d+-)?"
              + UUID
              + ")(?:\\.gz)?\\.metadata\\.json(?:\\.gz)?|"
              + UUID
              + "-version-hint\\.temp)");

  private static final Pattern TEMPORARY =
      Pattern.compile(UUID + "(?:(?:\\.gz)?\\.metadata\\.json(?:\\.gz)?|-version-hint\\.temp)");

  private static final String CHECKSUM = ".crc";

  private OwnFiles() {}

  /**
   * A file that may be ours.
   *
   * @param entry as it was listed
   * @param run that wrote it; null where a catalog did
   * @param name of the file itself, or of the one that it is the checksum of
   */
  record OwnFile(Entry entry, @Nullable String run, String name) {

    String location() {
      return entry.name();
    }

    /** Whether it has a name that no version has in any catalog: it was to get another one. */
    boolean isTemporary() {
      return run == null && TEMPORARY.matcher(name).matches();
    }

    /** Whether it is a version of a table, current or not. */
    boolean isMetadata() {
      return run == null && name.endsWith(".metadata.json");
    }
  }

  /** All files below the directory of a table that may be ours; none where it does not exist. */
  static List<OwnFile> in(Storage lake, String table) throws IOException {
    if (!lake.isDirectory(table)) {
      return List.of();
    }

    // The directory itself may be a link: somebody keeps the table on another disk.
    String root = lake.realLocation(table);
    List<OwnFile> files = new ArrayList<>();
    for (Entry entry : lake.files(root)) {
      OwnFile own = entry.isFile() ? of(root, entry) : null;
      if (own != null) {
        files.add(own);
      }
    }

    return files;
  }

  private static @Nullable OwnFile of(String root, Entry file) {
    String place = checked(file.name().substring(root.length() + 1));
    String name = Storage.fileName(place);
    for (Pattern pattern : OF_RUNS) {
      Matcher matcher = pattern.matcher(place);
      if (matcher.matches()) {
        return new OwnFile(file, matcher.group(1), name);
      }
    }

    return COMMITTING.matcher(place).matches() ? new OwnFile(file, null, name) : null;
  }

  /** The place of the file that a checksum is of, for both stay or go; that of any other itself. */
  private static String checked(String place) {
    String name = Storage.fileName(place);
    return name.startsWith(".") && name.endsWith(CHECKSUM)
        ? place.substring(0, place.length() - name.length())
            + name.substring(1, name.length() - CHECKSUM.length())
        : place;
  }
}
