/** What a run did: counts, schemas and files per table, joined over all bundles. */
@NullMarked
package org.anabranch.transforms.report;

import org.jspecify.annotations.NullMarked;
