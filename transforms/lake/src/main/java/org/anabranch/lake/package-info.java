/** Tables in Apache Iceberg: how workers read and write the files of a run's buckets. */
@NullMarked
package org.anabranch.lake;

import org.jspecify.annotations.NullMarked;
