package org.anabranch.transforms.parse;

import java.util.List;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Position;
import org.anabranch.transforms.source.TableFacts;
import org.jspecify.annotations.Nullable;

/**
 * Receives what {@link ChangeParser} found. For each record exactly one method is called, except
 * that {@link #leftOut}, {@link #noted} and {@link #carried} follow some calls of {@link #image},
 * and {@link #fact} comes beside any.
 *
 * <p>Buffers and the key writer belong to the parser and hold until the method returns. Lists of
 * columns and arrays of types are never changed, and come as the same object for equal shapes.
 */
interface ChangeOutput {

  /** The record is a tombstone that repeats a delete. */
  String TOMBSTONE = "tombstone";

  /** The record marks the begin or end of a transaction. */
  String TRANSACTION = "transaction";

  /** The record is a message written to the log by an application. */
  String MESSAGE = "message";

  /** The record only says that the source is alive. */
  String HEARTBEAT = "heartbeat";

  /** The record describes a change of a table's definition. */
  String SCHEMA_CHANGE = "schema-change";

  /** The record belongs to a table that is not declared. */
  String OTHER_TABLE = "other-table";

  /** The line is empty. */
  String BLANK = "blank";

  /**
   * The row is now this.
   *
   * @param timeMicros microseconds since the epoch at which the source made the change; 0 unknown
   */
  void image(String table, Position position, long timeMicros, RowImage image);

  /** The image just given came with columns that the table, which stays as it is, does not have. */
  void leftOut(String table, List<String> columns);

  /**
   * There is something to tell of the image just given: a line for people, the same for its like.
   */
  void noted(String table, String note);

  /** The image just given has values that have to come from the row at the old key. */
  void carried(String table, Position position, long timeMicros, byte[] oldKey, byte[] newKey);

  /**
   * The record says something of the table that all its changes must agree on. Cheap to call for
   * every record as long as the value is the same object.
   *
   * @param kind one of the constants of {@link TableFacts}
   */
  void fact(String table, String kind, String value);

  /** Whose numbers the position of the change just given has, as its GTID says. */
  void server(String table, String server);

  /** The row is gone. */
  void delete(
      String table, Position position, long timeMicros, KeyWriter key, List<String> keyColumns);

  /** The row is gone because its key changed. */
  void move(
      String table, Position position, long timeMicros, KeyWriter key, List<String> keyColumns);

  /** Every older row of the table is gone. */
  void truncate(String table, Position position, long timeMicros);

  /**
   * The record says nothing about a row, or not to us.
   *
   * @param reason one of the constants above
   */
  void ignored(@Nullable String table, String reason);

  /**
   * The record cannot be processed.
   *
   * @param detail one line for people, with no more of the record than the start of a value
   */
  void dead(@Nullable String table, DeadLetterReason reason, String detail, RawRecord record);
}
