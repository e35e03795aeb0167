/** Rows and schemas of Beam, and ours. */
@NullMarked
package org.anabranch.transforms.row;

import org.jspecify.annotations.NullMarked;
