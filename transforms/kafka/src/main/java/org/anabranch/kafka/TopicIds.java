package org.anabranch.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.model.Internal;

/**
 * The ids of the topics a job has read, as its tables know them: the place {@code
 * topic:JOB/TOPIC#ID}, whose number grows with each id that the topic had. A topic that was deleted
 * and made again has another id, however many records it has.
 */
@Internal
public final class TopicIds {

  private static final String PLACE = "topic:";

  /** An id and its number. */
  private record Known(String id, long number) {}

  private TopicIds() {}

  /** A topic is not the one that a job has read. */
  public static final class MadeAnewException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    private final String job;

    MadeAnewException(String message, String job) {
      super(message);
      this.job = job;
    }

    /** The job that has read the one before. */
    public String job() {
      return job;
    }
  }

  /**
   * Requires that topics are those that were read before.
   *
   * @param places of all tables
   * @param ids of the topics now
   * @throws MadeAnewException for one that was made anew
   */
  public static void requireSame(String job, Map<String, Long> places, Map<String, String> ids) {
    known(job, places)
        .forEach(
            (topic, known) -> {
              String now = ids.get(topic);
              if (now != null && !now.equals(known.id())) {
                throw new MadeAnewException(
                    "topic %s was made anew: its id was %s and is %s, so that its offsets are of other records; to read it from its first record give the job another name"
                        .formatted(topic, known.id(), now),
                    job);
              }
            });
  }

  /** The same for all jobs: the archive has records of each topic once. */
  public static void requireSame(Map<String, Long> places, Map<String, String> ids) {
    places.keySet().stream()
        .filter(place -> place.startsWith(PLACE) && place.indexOf('/') > 0)
        .map(place -> place.substring(PLACE.length(), place.indexOf('/')))
        .distinct()
        .forEach(job -> requireSame(job, places, ids));
  }

  /** What is to be remembered of topics that are read now; nothing of those that are known. */
  public static Map<String, Long> toRemember(
      String job, Map<String, Long> places, Map<String, String> ids) {
    Map<String, Known> known = known(job, places);
    Map<String, Long> remembered = new TreeMap<>();
    ids.forEach(
        (topic, id) -> {
          Known before = known.get(topic);
          if (before == null || !before.id().equals(id)) {
            long number = before == null ? 1 : before.number() + 1;
            remembered.put(PLACE + job + "/" + topic + "#" + id, number);
          }
        });
    return remembered;
  }

  private static Map<String, Known> known(String job, Map<String, Long> places) {
    String prefix = PLACE + job + "/";
    Map<String, Known> known = new HashMap<>();
    places.forEach(
        (place, number) -> {
          int hash = place.lastIndexOf('#');
          if (place.startsWith(prefix) && hash > prefix.length()) {
            known.merge(
                place.substring(prefix.length(), hash),
                new Known(place.substring(hash + 1), number),
                (one, other) -> one.number() >= other.number() ? one : other);
          }
        });
    return known;
  }
}
