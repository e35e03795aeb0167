/** What the Spark runner keeps between the pipelines of a process. */
@NullMarked
package org.anabranch.runners;

import org.jspecify.annotations.NullMarked;
