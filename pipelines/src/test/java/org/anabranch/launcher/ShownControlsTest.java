package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.sameInstance;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.anabranch.launcher.CallContext.Screen;
import org.anabranch.launcher.ProgressLine.Amount;
import org.anabranch.launcher.TextTable.Align;
import org.junit.jupiter.api.Test;

/** No data moves the cursor of a terminal. */
class ShownControlsTest {

  private static final String ATTACK =
      "\u001b[2Jä\u009b1m\u0007 \u00a0\u00c2€😀\t\r\n\rx\u007f\u0000\n";
  private static final String SHOWN =
      "\\u001b[2Jä\\u009b1m\\u0007 \u00a0\u00c2€😀\t\r\n\\u000dx\\u007f\\u0000\n";

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream plain = new PrintStream(bytes, false, StandardCharsets.UTF_8);

  @Test
  void controlCharactersAreShown() {
    ShownControls.over(plain).print(ATTACK);

    assertThat(printed(), is(SHOWN));
  }

  @Test
  void itDoesNotMatterHowTheBytesAreCut() {
    byte[] attack = ATTACK.getBytes(StandardCharsets.UTF_8);
    for (int size = 1; size < 9; size++) {
      bytes.reset();
      PrintStream shown = ShownControls.over(plain);
      for (int i = 0; i < attack.length; i += size) {
        shown.write(attack, i, Math.min(size, attack.length - i));
      }

      assertThat(printed(), is(SHOWN));
    }
  }

  @Test
  void aStreamIsCoveredOnce() {
    PrintStream shown = ShownControls.over(plain);

    assertThat(ShownControls.over(shown), sameInstance(shown));
    assertThat(ShownControls.below(shown), sameInstance(plain));
  }

  @Test
  void aCallPrintsDataAsItIsAndAllElseShown() {
    CallContext context = new CallContext(plain, plain, Screen.LOG, Path.of(""), Map.of());
    context.out().print("\u001b");
    context.err().print("\u001b");
    context.data().print("\u001b");

    assertThat(printed(), is("\\u001b\\u001b\u001b"));
  }

  @Test
  void tablesShowControlCharactersAndStayAligned() {
    RowPrinter printer = RowPrinter.of("table", List.of("a\u001b", "b"), plain);
    printer.print(List.of("\u001b]0;x\u0007", "y"));
    printer.finish();
    TextTable table = new TextTable(List.of("t\u009b"), List.of(Align.LEFT));
    table.flush(plain);

    assertThat(printed(), is("a\\u001b           b\n\\u001b]0;x\\u0007  y\nt\\u009b\n"));
  }

  @Test
  void onlyTheProgressLineRewritesItself() {
    PrintStream shown = ShownControls.over(plain);
    new ProgressLine(shown, Screen.TERMINAL, new Amount(1, Slice.Unit.BYTES, () -> 1)).close();

    assertThat(printed(), is("\r\u001b[K"));
  }

  private String printed() {
    plain.flush();
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
