package org.anabranch.launcher;

import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints rows in one form. */
interface RowPrinter {

  /** The form for people. */
  String TABLE = "table";

  /** Names of the forms. */
  List<String> FORMS = List.of(TABLE, "jsonl", "csv");

  /** Prints a row: values as the model decodes them, in the order of the columns. */
  void print(List<@Nullable Object> row);

  /** Prints what is left. */
  void finish();

  /**
   * Printer of a form.
   *
   * @param form one of {@link #FORMS}
   * @param columns names of the columns
   */
  static RowPrinter of(String form, List<String> columns, PrintStream out) {
    return switch (form) {
      case "jsonl" -> new JsonRows(columns, out);
      case "csv" -> new CsvRows(columns, out);
      default -> new AlignedRows(columns, out);
    };
  }
}
