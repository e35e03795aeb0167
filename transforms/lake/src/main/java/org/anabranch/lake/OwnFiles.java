package org.anabranch.lake;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
   * @param path as it was listed
   * @param run that wrote it; null where a catalog did
   * @param name of the file itself, or of the one that it is the checksum of
   */
  record OwnFile(Path path, @Nullable String run, String name) {

    /** Whether it has a name that no version has in any catalog: it was to get another one. */
    boolean isTemporary() {
      return run == null && TEMPORARY.matcher(name).matches();
    }

    /** Whether it is a version of a table, current or not. */
    boolean isMetadata() {
      return run == null && name.endsWith(".metadata.json");
    }

    /** Deletes it, unless it became a link or a directory; false where it is gone already. */
    boolean delete() throws IOException {
      return isPlain(path) && Files.deleteIfExists(path);
    }
  }

  /** Whether a path is a file itself, no link to one. */
  static boolean isPlain(Path path) {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** All files below the directory of a table that may be ours; none where it does not exist. */
  static List<OwnFile> in(Path table) throws IOException {
    if (!Files.isDirectory(table)) {
      return List.of();
    }

    // The directory itself may be a link: somebody keeps the table on another disk.
    Path root = table.toRealPath();
    List<OwnFile> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            OwnFile own = attributes.isRegularFile() ? of(root, file) : null;
            if (own != null) {
              files.add(own);
            }

            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            return Directories.orGone(failure);
          }
        });
    return files;
  }

  private static @Nullable OwnFile of(Path root, Path file) {
    Path checked = checked(file);
    String place = root.relativize(checked).toString();
    String name = checked.getFileName().toString();
    for (Pattern pattern : OF_RUNS) {
      Matcher matcher = pattern.matcher(place);
      if (matcher.matches()) {
        return new OwnFile(file, matcher.group(1), name);
      }
    }

    return COMMITTING.matcher(place).matches() ? new OwnFile(file, null, name) : null;
  }

  /** The file a checksum is of: both stay or go; any other file itself. */
  private static Path checked(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith(".") && name.endsWith(CHECKSUM)
        ? file.resolveSibling(name.substring(1, name.length() - CHECKSUM.length()))
        : file;
  }
}
