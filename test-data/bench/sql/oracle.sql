-- The tables that must follow from the base and the change events, in DuckDB's dialect.

-- A tombstone has no event, and a line that is not JSON none that could be read.
CREATE TABLE events AS
SELECT
  json->>'$.value.source.table' AS source_table,
  CAST(json->>'$.key.id' AS BIGINT) AS id,
  json->>'$.value.op' AS op,
  json->'$.value.after' AS after,
  -- Commit order: the last commit before the change, then the change itself; as numbers.
  CAST(CAST(json->>'$.value.source.sequence' AS JSON)->>0 AS BIGINT) AS last_commit,
  CAST(json->>'$.value.source.lsn' AS BIGINT) AS lsn
FROM read_ndjson_objects('${CHANGES}', ignore_errors = true)
WHERE json_type(json, '$.value') = 'OBJECT';

CREATE TABLE last_events AS
SELECT *
FROM events
QUALIFY
  row_number() OVER (
    PARTITION BY source_table, id ORDER BY last_commit DESC NULLS LAST, lsn DESC
  ) = 1;

-- An update need not carry a long profile it left alone: it stays what it last was.
CREATE TABLE last_profiles AS
SELECT id, after->>'profile' AS profile
FROM events
WHERE source_table = 'customers'
  AND op <> 'd'
  AND (after->>'profile') IS DISTINCT FROM '__debezium_unavailable_value'
QUALIFY
  row_number() OVER (PARTITION BY id ORDER BY last_commit DESC NULLS LAST, lsn DESC) = 1;

CREATE TABLE customers AS
SELECT base.*
FROM base
WHERE NOT EXISTS (
  FROM last_events changed
  WHERE changed.source_table = 'customers' AND changed.id = base.id
)
UNION ALL
SELECT
  changed.id,
  after->>'name',
  after->>'email',
  after->>'country',
  after->>'tier',
  CAST(after->>'balance' AS DECIMAL(12, 2)),
  CASE
    WHEN (after->>'profile') IS DISTINCT FROM '__debezium_unavailable_value'
      THEN after->>'profile'
    WHEN known.id IS NOT NULL THEN known.profile
    ELSE base.profile
  END,
  CAST(after->>'version' AS BIGINT),
  moment(after->>'updated_at')
FROM last_events changed
LEFT JOIN last_profiles known ON known.id = changed.id
LEFT JOIN base ON base.id = changed.id
WHERE source_table = 'customers' AND op <> 'd';

CREATE TABLE orders AS
SELECT
  id,
  CAST(after->>'customer_id' AS BIGINT) AS customer_id,
  CAST(after->>'amount' AS DECIMAL(12, 2)) AS amount,
  after->>'status' AS status,
  CAST(after->>'version' AS BIGINT) AS version,
  moment(after->>'updated_at') AS updated_at
FROM last_events
WHERE source_table = 'orders' AND op <> 'd';

COPY customers TO '${EXPECTED}/customers.parquet' (FORMAT parquet);
COPY orders TO '${EXPECTED}/orders.parquet' (FORMAT parquet);
