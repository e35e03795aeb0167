/** From raw records to changes: parsing, dead letters, and the batches that travel to the merge. */
@NullMarked
package org.anabranch.transforms.parse;

import org.jspecify.annotations.NullMarked;
