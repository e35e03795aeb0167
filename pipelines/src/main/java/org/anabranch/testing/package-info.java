/** For tests of pipelines of one's own: a temporary lake and change events. */
@NullMarked
package org.anabranch.testing;

import org.jspecify.annotations.NullMarked;
