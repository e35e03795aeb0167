-- Two cores and little memory, as the job itself is given.
SET threads = 2;
SET memory_limit = '4GB';
SET TimeZone = 'UTC';

-- A time, whether it is stored as one, as microseconds since 1970, or as the text of either.
CREATE MACRO moment(stored) AS
  coalesce(
    make_timestamp(TRY_CAST(CAST(stored AS VARCHAR) AS BIGINT)),
    CAST(CAST(stored AS VARCHAR) AS TIMESTAMP));
