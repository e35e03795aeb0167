/** Rows and schemas of Beam, and ours. */
@NullMarked
@Internal
package org.anabranch.transforms.row;

import org.anabranch.model.Internal;
import org.jspecify.annotations.NullMarked;
