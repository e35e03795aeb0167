/** Dead letters that are read again. */
@NullMarked
@Internal
package org.anabranch.transforms.retry;

import org.anabranch.model.Internal;
import org.jspecify.annotations.NullMarked;
