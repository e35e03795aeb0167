package org.anabranch.transforms.parse;

import org.anabranch.model.Internal;

/** Why a record could not be processed. */
@Internal
public enum DeadLetterReason {
  /** Not one JSON value: cut off, text around it, or bytes that are not UTF-8. */
  INVALID_JSON("invalid-json"),
  /** JSON, but neither a change event nor a row of a declared table. */
  NOT_AN_EVENT("not-an-event"),
  /** A change event with an operation that is not defined. */
  UNKNOWN_OP("unknown-op"),
  /** A truncate of one of the tables that a route puts into one: the others' rows are there too. */
  TRUNCATE_OF_A_SHARD("truncate-of-a-shard"),
  /** A change of a table whose name no table of ours can have. */
  UNUSABLE_TABLE_NAME("unusable-table-name"),
  /** A change of a source that numbers its changes, without a number or with none that can be. */
  UNUSABLE_POSITION("unusable-position"),
  /** A row with a column whose name no column of ours can have. */
  UNUSABLE_COLUMN_NAME("unusable-column-name"),
  /** Longer, or with more columns, than the limits allow. */
  TOO_LARGE("too-large"),
  /** JSON that is nested deeper than the limit. */
  TOO_DEEP("too-deep"),
  /** An image or a tombstone from which no key can be taken. */
  MISSING_KEY("missing-key"),
  /** A delete from which no key can be taken. */
  DELETE_WITHOUT_KEY("delete-without-key"),
  /** A create, read or update without the row. */
  MISSING_IMAGE("missing-image"),
  /** A value that does not fit the declared type of its column. */
  WRONG_TYPE("wrong-type"),
  /** A required column without a value. */
  MISSING_COLUMN("missing-column"),
  /** A record that our code fails on, which is a fault of ours. */
  UNPROCESSABLE("unprocessable");

  private final String code;

  DeadLetterReason(String code) {
    this.code = code;
  }

  /** Name in reports and tables, in kebab case. */
  public String code() {
    return code;
  }
}
