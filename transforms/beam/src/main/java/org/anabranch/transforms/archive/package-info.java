/** Records of logs as they were received: what is kept of them, and how they are read again. */
@NullMarked
package org.anabranch.transforms.archive;

import org.jspecify.annotations.NullMarked;
