/** Records of logs as they were received: what is kept of them, and how they are read again. */
@NullMarked
@Internal
package org.anabranch.transforms.archive;

import org.anabranch.model.Internal;
import org.jspecify.annotations.NullMarked;
