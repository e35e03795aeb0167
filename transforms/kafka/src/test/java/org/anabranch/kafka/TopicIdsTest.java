package org.anabranch.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicIdsTest {

  @Test
  void anIdIsRememberedOnce() {
    Map<String, String> ids = Map.of("shop.orders", "one");
    Map<String, Long> places =
        TopicIds.toRemember("job", Map.of("read:job/shop.orders/0", 3L), ids);
    assertThat(places, is(Map.of("topic:job/shop.orders#one", 1L)));
    assertThat(TopicIds.toRemember("job", places, ids), is(Map.of()));
    TopicIds.requireSame("job", places, ids);
    TopicIds.requireSame("job", Map.of(), ids);
  }

  @Test
  void anotherIdIsAnotherTopic() {
    Map<String, Long> places = Map.of("topic:job/t#one", 1L, "topic:other/t#two", 1L);
    Map<String, String> ids = Map.of("t", "two");
    TopicIds.MadeAnewException refused =
        assertThrows(
            TopicIds.MadeAnewException.class, () -> TopicIds.requireSame("job", places, ids));
    assertThat(
        refused.getMessage(), containsString("topic t was made anew: its id was one and is two"));
    TopicIds.requireSame("other", places, ids);
    assertThrows(TopicIds.MadeAnewException.class, () -> TopicIds.requireSame(places, ids));
    assertThat(TopicIds.toRemember("job", places, ids), is(Map.of("topic:job/t#two", 2L)));
  }

  @Test
  void theNewestOfSeveralIdsCounts() {
    Map<String, Long> places = Map.of("topic:job/t#one", 1L, "topic:job/t#two", 2L);
    TopicIds.requireSame("job", places, Map.of("t", "two"));
    assertThrows(
        TopicIds.MadeAnewException.class,
        () -> TopicIds.requireSame("job", places, Map.of("t", "one")));
  }
}
