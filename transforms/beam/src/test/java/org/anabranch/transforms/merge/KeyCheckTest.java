package org.anabranch.transforms.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.anabranch.model.Values;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyCheckTest {

  private static final List<String> COLUMNS = List.of("name", "id");
  private static final List<String> KEY = List.of("id");

  @Test
  void rowsInTheOrderOfTheirKeysMayBeWritten() {
    KeyCheck check = new KeyCheck("t", COLUMNS, KEY, 0, 1);
    check.check(row(1));
    check.check(row(1));
    check.check(row("2"));
    check.check(row(10));
    check.check(row("a"));
  }

  @Test
  void aKeyBelowTheOneBeforeItIsRefused() {
    KeyCheck check = new KeyCheck("t", COLUMNS, KEY, 0, 1);
    check.check(row("10"));
    refuses(check, row(9), "has a key below that of the row before it");
  }

  @Test
  void aKeyOfAnotherBucketIsRefusedButNotWhereRowsOfAllBucketsMeet() {
    refuses(new KeyCheck("t", COLUMNS, KEY, 4, 16), row(1), "has a key of bucket 5 of 16");
    new KeyCheck("t", COLUMNS, KEY, 5, 16).check(row(1));
    new KeyCheck("t", COLUMNS, KEY, TableStore.MOVED, 16).check(row(1));
  }

  @Test
  void aRowWithoutAKeyIsRefused() {
    refuses(new KeyCheck("t", COLUMNS, KEY, 0, 1), row(null), "has no key");
    refuses(new KeyCheck("t", COLUMNS, List.of("other"), 0, 1), row(1), "has no key");
  }

  @Test
  void rowsOfATableWithoutAKeyHaveNoOrder() {
    KeyCheck check = new KeyCheck("t", COLUMNS, List.of(), 0, 1);
    check.check(row(2));
    check.check(row(1));
  }

  private static void refuses(KeyCheck check, RowSlices row, String what) {
    IllegalStateException e = assertThrows(IllegalStateException.class, () -> check.check(row));
    assertThat(e.getMessage().contains("of table 't' " + what), is(true));
  }

  private static RowSlices row(@Nullable Object id) {
    RowSlices row = new RowSlices(2);
    row.set(1, Values.encode(id), 0);
    return row;
  }
}
