package org.anabranch.transforms.parse;

/** Why a record could not be processed. */
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
  /** An image or a tombstone from which no key can be taken. */
  MISSING_KEY("missing-key"),
  /** A delete from which no key can be taken. */
  DELETE_WITHOUT_KEY("delete-without-key"),
  /** A create, read or update without the row. */
  MISSING_IMAGE("missing-image"),
  /** A value that does not fit the declared type of its column. */
  WRONG_TYPE("wrong-type"),
  /** A required column without a value. */
  MISSING_COLUMN("missing-column");

  private final String code;

  DeadLetterReason(String code) {
    this.code = code;
  }

  /** Name in reports and tables, in kebab case. */
  public String code() {
    return code;
  }
}
