package org.anabranch.files;

/** What is done when a table is published, in this order; tests let a run die behind each. */
enum PublishStep {
  /** One of the data files is in the directory being built. */
  FILE_MOVED,
  /** The description is written and everything is on disk. */
  DESCRIBED,
  /** The directory has the name of the version. */
  NAMED,
  /** The new link exists under a name of its own. */
  LINK_MADE,
  /** Readers see the new version. */
  LINKED
}
