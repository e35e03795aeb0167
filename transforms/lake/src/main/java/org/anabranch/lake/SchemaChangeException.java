package org.anabranch.lake;

import java.util.List;
import java.util.stream.Collectors;
import org.anabranch.model.Internal;

/** A commit would change the schema of a table that the run must leave as it is. */
@Internal
public final class SchemaChangeException extends RuntimeException {

  private static final long serialVersionUID = 1;
  private static final int MOST_SHOWN = 8;

  private final transient List<SchemaChange> changes;

  SchemaChangeException(List<SchemaChange> changes) {
    super(text(changes));
    this.changes = List.copyOf(changes);
  }

  private static String text(List<SchemaChange> changes) {
    String shown =
        changes.stream()
            .limit(MOST_SHOWN)
            .map(SchemaChange::toString)
            .collect(Collectors.joining("; "));
    int more = changes.size() - MOST_SHOWN;
    return more > 0 ? shown + "; and " + more + " more columns" : shown;
  }

  /** All that is refused, by table. */
  public List<SchemaChange> changes() {
    return changes;
  }
}
