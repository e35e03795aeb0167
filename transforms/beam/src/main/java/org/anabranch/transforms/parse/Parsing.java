package org.anabranch.transforms.parse;

import java.io.Serializable;

/**
 * How the records of a run are parsed.
 *
 * @param config how they become changes
 * @param recordedAtMicros when the run began, noted with dead letters
 */
public record Parsing(ParseConfig config, long recordedAtMicros) implements Serializable {}
