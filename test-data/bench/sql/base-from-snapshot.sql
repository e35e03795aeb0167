-- The customers before all changes, from the snapshot's events.
CREATE VIEW base AS
SELECT
  CAST(row->>'id' AS BIGINT) AS id,
  row->>'name' AS name,
  row->>'email' AS email,
  row->>'country' AS country,
  row->>'tier' AS tier,
  CAST(row->>'balance' AS DECIMAL(12, 2)) AS balance,
  row->>'profile' AS profile,
  CAST(row->>'version' AS BIGINT) AS version,
  moment(row->>'updated_at') AS updated_at
FROM (
  SELECT json->'$.value.after' AS row
  FROM read_ndjson_objects('${DATA}/snapshot/part-*.jsonl')
);
