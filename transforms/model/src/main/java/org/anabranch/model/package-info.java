/**
 * Values and their join: source positions, row keys, row versions, types and schemas. Everything
 * here is plain JDK code, so the part that must be right is tested in milliseconds.
 */
@NullMarked
@Internal
package org.anabranch.model;

import org.jspecify.annotations.NullMarked;
