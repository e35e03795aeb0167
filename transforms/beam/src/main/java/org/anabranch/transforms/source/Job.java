package org.anabranch.transforms.source;

import java.util.Map;
import org.anabranch.model.Stable;

/**
 * A job whose bounded pipelines each go on where the one before has ended. How far it has come is
 * committed with its tables. Made by {@code LakeIO.job}; a source asks it where to go on and tells
 * it what a pipeline reads.
 */
@Stable
public interface Job {

  /** Its name. */
  String name();

  /** Places of all sources of the tables now, by their names. */
  Map<String, Long> places();

  /**
   * Notes what a pipeline reads.
   *
   * @param places of the job once that is in
   * @param text the same for people
   */
  void reads(Map<String, Long> places, String text);
}
