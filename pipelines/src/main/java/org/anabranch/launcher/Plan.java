package org.anabranch.launcher;

import java.util.Set;
import java.util.function.BiConsumer;
import org.anabranch.pipelines.TablesConfig;
import org.anabranch.pipelines.Target;
import org.apache.beam.sdk.Pipeline;

/**
 * A pipeline with its configuration, ready to be built.
 *
 * @param tables what it reads and which tables it knows
 * @param computed tables that it computes anew from all rows of the others
 * @param steps adds its steps
 */
record Plan(TablesConfig tables, Set<String> computed, BiConsumer<Pipeline, Target> steps) {}
