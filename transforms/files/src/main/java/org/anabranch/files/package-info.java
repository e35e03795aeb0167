/**
 * Tables in Parquet files: reading the files of any writer, writing the rows of a merge, and the
 * directory of versioned tables they end in.
 */
@NullMarked
package org.anabranch.files;

import org.jspecify.annotations.NullMarked;
