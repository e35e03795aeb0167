package org.anabranch.lake;

import org.anabranch.model.Internal;

/**
 * What upkeep did for a table.
 *
 * @param expiredVersions versions that were removed
 * @param removedFiles orphan files that were removed, those of expired versions not among them
 * @param removedBytes their size
 */
@Internal
public record UpkeepReport(
    String table, int expiredVersions, int removedFiles, long removedBytes) {}
