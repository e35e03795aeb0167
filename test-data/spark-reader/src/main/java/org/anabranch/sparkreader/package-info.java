/**
 * Reads tables as any user of Spark would, with Spark SQL and the stock Iceberg runtime: an
 * independent witness in tests. Nothing of Anabranch is on its class path.
 *
 * <p>After {@code mvn package -pl test-data/spark-reader}: {@code java
 * @test-data/spark-reader/target/java.args org.anabranch.sparkreader.ReadTables WAREHOUSE OUTPUT_DIR
 * TABLE...}
 */
@NullMarked
package org.anabranch.sparkreader;

import org.jspecify.annotations.NullMarked;
