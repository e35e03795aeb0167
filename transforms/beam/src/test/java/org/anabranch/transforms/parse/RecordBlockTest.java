package org.anabranch.transforms.parse;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordBlockTest {

  @Test
  void blocksInOneStreamComeBackOneByOne() throws Exception {
    List<RecordBlock> blocks =
        List.of(
            new RecordBlock("orders.jsonl", 0, new byte[0]),
            new RecordBlock("größe/🦀", 1L << 40, new byte[] {'{', '}', '\n', -1, 0}));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (RecordBlock block : blocks) {
      RecordBlock.BlockCoder.of().encode(block, out);
    }

    InputStream in = new ByteArrayInputStream(out.toByteArray());
    for (RecordBlock block : blocks) {
      RecordBlock back = RecordBlock.BlockCoder.of().decode(in);
      assertThat(back.log(), is(block.log()));
      assertThat(back.offset(), is(block.offset()));
      assertThat(back.bytes(), is(block.bytes()));
    }

    assertThat(in.available(), is(0));
  }
}
