package org.anabranch.transforms.parse;

import java.io.Serializable;
import org.anabranch.model.Internal;
import org.anabranch.transforms.archive.RecordArchive;
import org.jspecify.annotations.Nullable;

/**
 * How the records of a run are read.
 *
 * @param config how they become changes
 * @param recordedAtMicros when the run began, noted with dead letters
 * @param archive keeps the records that come from a log as they are; null: nothing does
 */
@Internal
public record Parsing(ParseConfig config, long recordedAtMicros, @Nullable RecordArchive archive)
    implements Serializable {}
