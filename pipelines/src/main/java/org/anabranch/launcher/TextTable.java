package org.anabranch.launcher;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.anabranch.model.PrintableText;

/** Aligned text for people: columns two blanks apart, numbers to the right. */
final class TextTable {

  /** Where the cells of a column stand. */
  enum Align {
    LEFT,
    RIGHT
  }

  private final List<Align> aligns;
  private final List<List<String>> rows = new ArrayList<>();
  private final int[] widths;

  TextTable(List<String> header, List<Align> aligns) {
    this.aligns = List.copyOf(aligns);
    this.widths = new int[aligns.size()];
    add(header);
  }

  void add(List<String> cells) {
    List<String> shown = cells.stream().map(PrintableText::of).toList();
    rows.add(shown);
    for (int i = 0; i < widths.length; i++) {
      widths[i] = Math.max(widths[i], length(shown.get(i)));
    }
  }

  /** Prints the rows added so far and forgets them; their widths stay. */
  void flush(PrintStream out) {
    rows.forEach(row -> out.println(line(row)));
    rows.clear();
  }

  private String line(List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = cells.get(i);
      String blanks = " ".repeat(Math.max(0, widths[i] - length(cell)));
      line.append(i == 0 ? "" : "  ");
      line.append(aligns.get(i) == Align.RIGHT ? blanks + cell : cell + blanks);
    }

    return line.toString().stripTrailing();
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
