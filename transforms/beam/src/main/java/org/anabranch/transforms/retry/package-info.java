/** Dead letters that are read again. */
@NullMarked
package org.anabranch.transforms.retry;

import org.jspecify.annotations.NullMarked;
