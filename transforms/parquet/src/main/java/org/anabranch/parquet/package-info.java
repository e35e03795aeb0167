/** Rows of Parquet files: reading those of any writer, and writing files of our own. */
@NullMarked
package org.anabranch.parquet;

import org.jspecify.annotations.NullMarked;
