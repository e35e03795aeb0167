/**
 * Tables in Apache Iceberg: how workers read and write the files of a run's buckets, and how the
 * driver commits them, looks at them and keeps them tidy.
 */
@NullMarked
package org.anabranch.lake;

import org.jspecify.annotations.NullMarked;
