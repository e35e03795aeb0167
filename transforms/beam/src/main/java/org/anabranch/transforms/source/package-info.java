/** Sources of changes: who numbers them, what they must agree on, and where numbers start again. */
@NullMarked
package org.anabranch.transforms.source;

import org.jspecify.annotations.NullMarked;
