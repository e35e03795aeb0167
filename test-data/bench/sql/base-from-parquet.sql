-- The customers before all changes, from a Parquet file of any writer.
CREATE VIEW base AS
SELECT
  CAST(id AS BIGINT) AS id,
  name,
  email,
  country,
  tier,
  CAST(balance AS DECIMAL(12, 2)) AS balance,
  profile,
  CAST(version AS BIGINT) AS version,
  moment(updated_at) AS updated_at
FROM read_parquet('${DATA}/base/customers.parquet');
