/**
 * The command line: names, options, configuration files, runners and what is printed. Options are
 * parsed once, here, into validated records; nothing below reads an option.
 */
@NullMarked
package org.anabranch.launcher;

import org.jspecify.annotations.NullMarked;
