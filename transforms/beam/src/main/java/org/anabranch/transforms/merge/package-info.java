/** The merge of a bucket: changes and base rows become current rows and histories. */
@NullMarked
@Internal
package org.anabranch.transforms.merge;

import org.anabranch.model.Internal;
import org.jspecify.annotations.NullMarked;
