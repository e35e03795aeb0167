/** Rows of Parquet files: reading those of any writer, and writing files of our own. */
@NullMarked
@Internal
package org.anabranch.parquet;

import org.anabranch.model.Internal;
import org.jspecify.annotations.NullMarked;
