/** Files that come in: change files of lines and tables in Parquet, read by ranges. */
@NullMarked
package org.anabranch.files;

import org.jspecify.annotations.NullMarked;
