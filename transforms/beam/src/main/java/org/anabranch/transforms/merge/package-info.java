/** The merge of a bucket: changes and base rows become current rows and histories. */
@NullMarked
package org.anabranch.transforms.merge;

import org.jspecify.annotations.NullMarked;
