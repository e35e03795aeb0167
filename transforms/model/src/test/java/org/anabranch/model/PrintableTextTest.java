package org.anabranch.model;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.sameInstance;

import org.junit.jupiter.api.Test;

class PrintableTextTest {

  @Test
  void controlCharactersBecomeEscapes() {
    assertThat(
        PrintableText.of("a\u001b[2J\n\u007f\u0080\u009f\u00a0é"),
        is("a\\u001b[2J\\u000a\\u007f\\u0080\\u009f\u00a0é"));
  }

  @Test
  void otherTextStaysTheSameObject() {
    String text = "naïve 日本 😀 \\u001b";

    assertThat(PrintableText.of(text), sameInstance(text));
  }
}
