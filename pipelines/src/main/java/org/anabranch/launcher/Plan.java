package org.anabranch.launcher;

import java.util.function.BiConsumer;
import org.anabranch.pipelines.TablesConfig;
import org.apache.beam.sdk.Pipeline;

/**
 * A pipeline with its configuration, ready to be built.
 *
 * @param tables what it reads and which tables it knows
 * @param steps adds its steps, given the staging directory
 */
record Plan(TablesConfig tables, BiConsumer<Pipeline, String> steps) {}
