package org.anabranch.launcher;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.anabranch.launcher.StreamMark.MarkCoder;
import org.apache.beam.sdk.testing.CoderProperties;
import org.junit.jupiter.api.Test;

class StreamMarkTest {

  @Test
  void comesBackAsItWas() throws Exception {
    for (StreamMark mark :
        List.of(
            new StreamMark(0, 0, "", Map.of()),
            new StreamMark(7, Long.MAX_VALUE, "ab0run", Map.of("t/0", 5L, "t/1", 0L)))) {
      CoderProperties.coderDecodeEncodeEqual(new MarkCoder(), mark);
    }
  }

  @Test
  void aMarkOfAnotherVersionIsRefused() {
    assertThrows(
        IOException.class,
        () -> new MarkCoder().decode(new ByteArrayInputStream(new byte[] {2, 0, 0, 0})));
  }
}
