/** What a run did: counts, schemas and files per table, joined over all bundles. */
@NullMarked
@Internal
package org.anabranch.transforms.report;

import org.anabranch.model.Internal;
import org.jspecify.annotations.NullMarked;
