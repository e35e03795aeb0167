/**
 * Reads tables as any user of Spark would, with Spark SQL and the stock Iceberg runtime: an
 * independent witness in tests. Nothing of Anabranch is on its class path.
 *
 * <p>The build writes {@code target/java.args}, an argument file for {@code java} with the class
 * path and the flags that Spark needs.
 */
@NullMarked
package org.anabranch.sparkreader;

import org.jspecify.annotations.NullMarked;
