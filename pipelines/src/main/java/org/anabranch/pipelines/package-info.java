/** Pipelines: named steps and their wiring, one screen each. */
@NullMarked
package org.anabranch.pipelines;

import org.jspecify.annotations.NullMarked;
