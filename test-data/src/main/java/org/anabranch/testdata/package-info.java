/**
 * Generated shop data: a simulated shop whose database changes and visitor events are written as a
 * reader of a change stream would find them, oddities included.
 *
 * <p>Nothing here knows the pipelines; they are tested against these files and against tables that
 * SQL alone computes from them.
 */
@NullMarked
package org.anabranch.testdata;

import org.jspecify.annotations.NullMarked;
