/** Sources of changes: who numbers them, what they must agree on, and where numbers start again. */
@NullMarked
@Internal
package org.anabranch.transforms.source;

import org.anabranch.model.Internal;
import org.jspecify.annotations.NullMarked;
