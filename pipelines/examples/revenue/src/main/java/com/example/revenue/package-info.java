/** A pipeline of one's own, built against the artifacts of Anabranch alone. */
@NullMarked
package com.example.revenue;

import org.jspecify.annotations.NullMarked;
