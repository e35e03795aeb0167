/** Customer analytics: insights per customer and interactions per country and window. */
@NullMarked
package org.anabranch.transforms.customer;

import org.jspecify.annotations.NullMarked;
