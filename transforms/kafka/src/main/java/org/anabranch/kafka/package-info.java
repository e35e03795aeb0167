/** Topics of Kafka: slices of partitions, fixed when a run is launched, read and parsed. */
@NullMarked
package org.anabranch.kafka;

import org.jspecify.annotations.NullMarked;
