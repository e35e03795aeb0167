/** Customer analytics: insights per customer and interactions per country and window. */
@NullMarked
@Internal
package org.anabranch.transforms.customer;

import org.anabranch.model.Internal;
import org.jspecify.annotations.NullMarked;
