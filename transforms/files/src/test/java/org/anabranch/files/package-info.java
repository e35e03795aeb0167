@NullMarked
package org.anabranch.files;

import org.jspecify.annotations.NullMarked;
