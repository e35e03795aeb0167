-- The tables that must follow from the files in ${DIR}, computed by SQL alone.
--
-- Parameters
--   ${DIR}             directory with the files changes-NN.jsonl[.gz]
--   ${WINDOW_MINUTES}  length of the windows in interactions_by_window, in minutes
--
-- Result: the tables customers, orders, customers_history, customer_insights,
-- interactions_by_window, and dead_letters (reason, lines). All else is temporary. The result
-- depends on the set of lines only, not on their order, their repetition or their file.

SET TimeZone = 'UTC';

CREATE OR REPLACE TEMP MACRO instant_of(micros) AS
  CAST(make_timestamp(CAST(micros AS BIGINT)) AS TIMESTAMPTZ);

-- Present and not the JSON null, but not readable as the column's type.
CREATE OR REPLACE TEMP MACRO misfit(json_value, typed_value) AS
  coalesce(json_type(json_value), 'NULL') <> 'NULL' AND typed_value IS NULL;

-- A JSON integer; 12.5 and "12" are none.
CREATE OR REPLACE TEMP MACRO json_integer(json_value) AS
  CASE WHEN json_type(json_value) IN ('BIGINT', 'UBIGINT')
       THEN TRY_CAST(json_value ->> '$' AS BIGINT) END;

-- ---------------------------------------------------------------------------------------------
-- 1. Lines
-- ---------------------------------------------------------------------------------------------

-- One text per line: no quotes, no escapes, and a delimiter that JSON text cannot hold unescaped.
CREATE OR REPLACE TEMP TABLE lines AS
SELECT CASE WHEN json_valid(line) THEN CAST(line AS JSON) END AS j
FROM read_csv(
  '${DIR}/changes-*.jsonl*',
  columns = {'line': 'VARCHAR'},
  auto_detect = false, header = false, delim = chr(1), quote = '', escape = '',
  max_line_size = 16777216);

CREATE OR REPLACE TEMP TABLE records AS
SELECT
  j ->> '$.topic' AS topic,
  CAST(j ->> '$.partition' AS INTEGER) AS partition,
  CAST(j ->> '$.offset' AS BIGINT) AS log_offset,
  j -> '$.key' AS key,
  j -> '$.value' AS value,
  j -> '$.headers' AS headers,
  json_type(j, '$.value') = 'NULL' AS is_tombstone
FROM lines
WHERE j IS NOT NULL;

-- Position of a change in commit order: (last commit before its transaction, log sequence number).
-- The first is null, and lowest, for snapshot rows and before the first commit. Both are numbers;
-- compared as text they would sort wrongly when they grow by a digit. Partition and offset decide
-- only between repetitions of one change, whose content is the same.
--
-- A tombstone record repeats the delete before it and changes nothing.
CREATE OR REPLACE TEMP TABLE changes AS
SELECT
  topic,
  partition,
  log_offset,
  value ->> '$.op' AS op,
  key,
  value -> '$.before' AS before,
  value -> '$.after' AS after,
  coalesce(CAST(CAST(value ->> '$.source.sequence' AS JSON) ->> '$[0]' AS BIGINT), -1)
    AS last_commit,
  CAST(value ->> '$.source.lsn' AS BIGINT) AS lsn,
  CAST(value ->> '$.source.ts_us' AS BIGINT) AS commit_us,
  -- A header value is JSON text inside a JSON string.
  CAST(CAST(headers ->> '$."__debezium.oldkey"' AS JSON) ->> '$.id' AS BIGINT) AS old_id
FROM records
WHERE topic IN ('shop.public.customers', 'shop.public.orders') AND NOT is_tombstone;

-- ---------------------------------------------------------------------------------------------
-- 2. Dead letters: lines that nothing can be done with, counted each time they come
-- ---------------------------------------------------------------------------------------------

-- The key of a change is the record's key; without one, the key columns of its images.
CREATE OR REPLACE TEMP TABLE customer_changes AS
SELECT
  *,
  coalesce(
    TRY_CAST(key ->> '$.id' AS BIGINT),
    TRY_CAST(after ->> '$.id' AS BIGINT),
    TRY_CAST(before ->> '$.id' AS BIGINT)) AS id
FROM changes
WHERE topic = 'shop.public.customers';

-- A change with a value that does not fit its column's type is a dead letter as a whole.
CREATE OR REPLACE TEMP TABLE order_changes AS
SELECT
  *,
  coalesce(
    TRY_CAST(key ->> '$.order_id' AS BIGINT),
    TRY_CAST(after ->> '$.order_id' AS BIGINT),
    TRY_CAST(before ->> '$.order_id' AS BIGINT)) AS order_id,
  misfit(after -> '$.amount', TRY_CAST(after ->> '$.amount' AS DECIMAL(12, 2))) AS is_misfit
FROM changes
WHERE topic = 'shop.public.orders';

-- Interactions need an event id, whole seconds and cents, and a readable time.
CREATE OR REPLACE TEMP TABLE interaction_events AS
SELECT
  partition,
  log_offset,
  value ->> '$.event_id' AS event_id,
  TRY_CAST(value ->> '$.customer_id' AS BIGINT) AS customer_id,
  value ->> '$.channel' AS channel,
  value ->> '$.country' AS country,
  json_integer(value -> '$.seconds') AS seconds,
  json_integer(value -> '$.value_cents') AS value_cents,
  TRY_CAST(value ->> '$.occurred_at' AS TIMESTAMPTZ) AS occurred_at
FROM records
WHERE topic = 'shop.interactions' AND NOT is_tombstone;

CREATE OR REPLACE TABLE dead_letters AS
WITH reasons AS (
  SELECT 'invalid-json' AS reason FROM lines WHERE j IS NULL
  UNION ALL
  SELECT 'missing-key' FROM customer_changes WHERE id IS NULL
  UNION ALL
  SELECT CASE WHEN order_id IS NULL THEN 'missing-key' ELSE 'wrong-type' END
  FROM order_changes WHERE order_id IS NULL OR is_misfit
  UNION ALL
  SELECT CASE WHEN event_id IS NULL THEN 'missing-event-id' ELSE 'wrong-type' END
  FROM interaction_events
  WHERE event_id IS NULL OR seconds IS NULL OR value_cents IS NULL OR occurred_at IS NULL
)
SELECT reason, count(*) AS lines FROM reasons GROUP BY reason;

-- ---------------------------------------------------------------------------------------------
-- 3. Customers: every version of every row
-- ---------------------------------------------------------------------------------------------

-- One event per (key, position). n numbers the events of a key in commit order. The incarnation
-- counts the deletes before an event: what was known of a row ends with its delete.
CREATE OR REPLACE TEMP TABLE customer_events AS
WITH distinct_events AS (
  SELECT * FROM customer_changes
  WHERE id IS NOT NULL
  QUALIFY row_number() OVER (
    PARTITION BY id, last_commit, lsn ORDER BY partition DESC, log_offset DESC) = 1
), numbered AS (
  SELECT
    *,
    row_number() OVER (PARTITION BY id ORDER BY last_commit, lsn) AS n,
    coalesce(count(*) FILTER (op = 'd') OVER (
      PARTITION BY id ORDER BY last_commit, lsn
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS incarnation,
    op <> 'd' AND coalesce(after ->> '$.notes', '') <> '__debezium_unavailable_value' AS has_notes
  FROM distinct_events
)
SELECT
  *,
  -- The event of this incarnation that last said what the notes are, up to this one.
  last_value(CASE WHEN has_notes THEN n END IGNORE NULLS) OVER incarnation_so_far AS notes_n,
  -- Time never runs backwards for a key, although the database clock may.
  max(commit_us) OVER (PARTITION BY id ORDER BY n) AS since_us
FROM numbered
WINDOW incarnation_so_far AS (PARTITION BY id, incarnation ORDER BY n);

-- An incarnation that began with a change of the primary key goes on from the row at the old key,
-- as that row was just before the position of the change.
CREATE OR REPLACE TEMP TABLE carried_from AS
SELECT opening.id, opening.incarnation, old.id AS from_id, max(old.n) AS from_n
FROM customer_events opening
JOIN customer_events old
  ON old.id = opening.old_id
 AND (old.last_commit, old.lsn) < (opening.last_commit, opening.lsn)
WHERE opening.n = (
  SELECT min(n) FROM customer_events first
  WHERE first.id = opening.id AND first.incarnation = opening.incarnation)
GROUP BY opening.id, opening.incarnation, old.id;

-- Notes of each event: its own, else the last ones of its incarnation, else those carried over from
-- the old key, and so on through any number of key changes. Null when nothing is known.
CREATE OR REPLACE TEMP TABLE customer_notes AS
WITH RECURSIVE search AS (
  SELECT id, n, id AS at_id, n AS at_n FROM customer_events WHERE op <> 'd'
  UNION ALL
  SELECT search.id, search.n, carried.from_id, carried.from_n
  FROM search
  JOIN customer_events here ON here.id = search.at_id AND here.n = search.at_n
  JOIN carried_from carried ON carried.id = here.id AND carried.incarnation = here.incarnation
  WHERE here.op <> 'd' AND here.notes_n IS NULL
)
SELECT search.id, search.n, said.after ->> '$.notes' AS notes, said.id <> search.id AS is_carried
FROM search
JOIN customer_events here ON here.id = search.at_id AND here.n = search.at_n
JOIN customer_events said ON said.id = here.id AND said.n = here.notes_n
WHERE here.op <> 'd';

-- The row after each event. Each column has the newest value, and a column that the newest image
-- does not have is null.
CREATE OR REPLACE TEMP TABLE customer_versions AS
SELECT
  e.id,
  e.n,
  e.op = 'd' AS is_delete,
  e.since_us,
  CASE WHEN e.op <> 'd' THEN struct_pack(
    name := e.after ->> '$.name',
    email := e.after ->> '$.email',
    country := e.after ->> '$.country',
    tier := e.after ->> '$.tier',
    notes := notes.notes,
    marketing_opt_in := CAST(e.after ->> '$.marketing_opt_in' AS BOOLEAN),
    birth_date := DATE '1970-01-01' + CAST(e.after ->> '$.birth_date' AS INTEGER),
    created_at := instant_of(e.after ->> '$.created_at'),
    updated_at := instant_of(e.after ->> '$.updated_at'),
    loyalty_points := CAST(e.after ->> '$.loyalty_points' AS INTEGER)) END AS image
FROM customer_events e
LEFT JOIN customer_notes notes ON notes.id = e.id AND notes.n = e.n;

-- ---------------------------------------------------------------------------------------------
-- 4. customers: the newest version of each row that was not deleted
-- ---------------------------------------------------------------------------------------------

CREATE OR REPLACE TABLE customers AS
WITH newest AS (
  SELECT * FROM customer_versions QUALIFY n = max(n) OVER (PARTITION BY id)
)
SELECT id, unnest(image) FROM newest WHERE NOT is_delete ORDER BY id;

-- ---------------------------------------------------------------------------------------------
-- 5. customers_history: one row per version
-- ---------------------------------------------------------------------------------------------

-- An event that leaves the row as it was makes no version. A version is valid from the commit time
-- of its change to that of the next version or of the delete (excluded), both never earlier than
-- any time before them for the same key. Versions of one transaction share their time, so all but
-- the last of them are valid for no time at all; they are kept. A delete ends a row, and what is
-- inserted later under its key begins a new one even when it looks the same.
CREATE OR REPLACE TABLE customers_history AS
WITH compared AS (
  SELECT
    *,
    coalesce(
      NOT is_delete
        AND NOT lag(is_delete) OVER by_key
        AND image IS NOT DISTINCT FROM lag(image) OVER by_key,
      false) AS is_same
  FROM customer_versions
  WINDOW by_key AS (PARTITION BY id ORDER BY n)
), spans AS (
  SELECT *, lead(since_us) OVER (PARTITION BY id ORDER BY n) AS until_us
  FROM compared
  WHERE NOT is_same
)
SELECT
  id,
  unnest(image),
  instant_of(since_us) AS valid_from,
  instant_of(until_us) AS valid_to,
  until_us IS NULL AS is_current
FROM spans
WHERE NOT is_delete
ORDER BY id, n;

-- ---------------------------------------------------------------------------------------------
-- 6. orders: the newest image of each order that was not deleted
-- ---------------------------------------------------------------------------------------------

CREATE OR REPLACE TABLE orders AS
WITH newest AS (
  SELECT * FROM order_changes
  WHERE order_id IS NOT NULL AND NOT is_misfit
  QUALIFY row_number() OVER (
    PARTITION BY order_id
    ORDER BY last_commit DESC, lsn DESC, partition DESC, log_offset DESC) = 1
)
SELECT
  order_id,
  CAST(after ->> '$.customer_id' AS BIGINT) AS customer_id,
  after ->> '$.status' AS status,
  CAST(after ->> '$.amount' AS DECIMAL(12, 2)) AS amount,
  after ->> '$.currency' AS currency,
  instant_of(after ->> '$.ordered_at') AS ordered_at,
  instant_of(after ->> '$.updated_at') AS updated_at
FROM newest
WHERE op <> 'd'
ORDER BY order_id;

-- ---------------------------------------------------------------------------------------------
-- 7. interactions_by_window
-- ---------------------------------------------------------------------------------------------

-- Each event id counts once. Repetitions have the same content; the first in the log stands.
CREATE OR REPLACE TEMP TABLE interactions AS
SELECT * FROM interaction_events
WHERE event_id IS NOT NULL AND seconds IS NOT NULL AND value_cents IS NOT NULL
  AND occurred_at IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY partition, log_offset) = 1;

-- Fixed windows in event time, aligned to 1970-01-01T00:00Z, start included and end excluded. Late
-- events count in the window in which they occurred; anonymous and unknown visitors count as well.
CREATE OR REPLACE TABLE interactions_by_window AS
WITH placed AS (
  SELECT
    *,
    CAST(epoch_us(occurred_at) // (CAST(${WINDOW_MINUTES} AS BIGINT) * 60000000) AS BIGINT)
      AS window_number
  FROM interactions
)
SELECT
  instant_of(window_number * ${WINDOW_MINUTES} * 60000000) AS window_start,
  instant_of((window_number + 1) * ${WINDOW_MINUTES} * 60000000) AS window_end,
  country,
  count(*) AS interactions,
  CAST(sum(seconds) AS BIGINT) AS seconds,
  CAST(sum(value_cents) AS BIGINT) AS value_cents
FROM placed
GROUP BY window_number, country
ORDER BY window_start, country;

-- ---------------------------------------------------------------------------------------------
-- 8. customer_insights: one row per current customer
-- ---------------------------------------------------------------------------------------------

-- Orders and interactions belong to the customer whose id they carry now; those of ids without a
-- current customer belong to nobody.
--
-- total_spend     amounts of the orders that are not cancelled; 0.00 without any
-- average_order   total_spend by their number, half a cent rounded up (amounts are never
--                 negative); null without any. Computed in whole cents, so that it is exact.
-- first_order_at, last_order_at and order_count look at all orders, cancelled ones included.
-- favourite_channel has the most interactions; of equal ones, the first in code point order.
--
-- Scores: as_of is the latest time of any interaction (of anybody) or current order. Recency counts
-- the whole days (24 hours) from the newest order or interaction of the customer to as_of.
CREATE OR REPLACE TABLE customer_insights AS
WITH spending AS (
  SELECT
    customer_id,
    count(*) AS order_count,
    count(*) FILTER (status = 'cancelled') AS cancelled_count,
    count(*) FILTER (status <> 'cancelled') AS valid_count,
    coalesce(sum(CAST(amount * 100 AS BIGINT)) FILTER (status <> 'cancelled'), 0) AS spend_cents,
    min(ordered_at) AS first_order_at,
    max(ordered_at) AS last_order_at
  FROM orders
  GROUP BY customer_id
), visits AS (
  SELECT customer_id, count(*) AS interaction_count, max(occurred_at) AS last_seen_at
  FROM interactions
  GROUP BY customer_id
), channels AS (
  SELECT customer_id, channel AS favourite_channel
  FROM interactions
  WHERE customer_id IS NOT NULL AND channel IS NOT NULL
  GROUP BY customer_id, channel
  QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY count(*) DESC, channel) = 1
), clock AS (
  SELECT greatest(
    (SELECT max(occurred_at) FROM interactions), (SELECT max(ordered_at) FROM orders)) AS as_of
), facts AS (
  SELECT
    c.id AS customer_id,
    c.country,
    c.tier,
    coalesce(s.order_count, 0) AS order_count,
    coalesce(s.cancelled_count, 0) AS cancelled_count,
    coalesce(s.valid_count, 0) AS valid_count,
    CAST(coalesce(s.spend_cents, 0) AS BIGINT) AS spend_cents,
    s.first_order_at,
    s.last_order_at,
    coalesce(v.interaction_count, 0) AS interaction_count,
    v.last_seen_at,
    ch.favourite_channel,
    -- greatest() skips nulls.
    (epoch_us(clock.as_of) - epoch_us(greatest(s.last_order_at, v.last_seen_at)))
      // 86400000000 AS recency_days
  FROM customers c
  CROSS JOIN clock
  LEFT JOIN spending s ON s.customer_id = c.id
  LEFT JOIN visits v ON v.customer_id = c.id
  LEFT JOIN channels ch ON ch.customer_id = c.id
)
SELECT
  customer_id,
  country,
  tier,
  order_count,
  cancelled_count,
  CAST(spend_cents * 0.01 AS DECIMAL(38, 2)) AS total_spend,
  CASE WHEN valid_count > 0 THEN
    CAST(((2 * spend_cents + valid_count) // (2 * valid_count)) * 0.01 AS DECIMAL(38, 2))
  END AS average_order,
  first_order_at,
  last_order_at,
  interaction_count,
  last_seen_at,
  favourite_channel,
  CASE WHEN recency_days <= 7 THEN 5
       WHEN recency_days <= 14 THEN 4
       WHEN recency_days <= 30 THEN 3
       WHEN recency_days <= 60 THEN 2
       ELSE 1 END AS recency_score,
  CASE WHEN valid_count >= 8 THEN 5
       WHEN valid_count >= 5 THEN 4
       WHEN valid_count >= 3 THEN 3
       WHEN valid_count >= 1 THEN 2
       ELSE 1 END AS frequency_score,
  CASE WHEN spend_cents >= 100000 THEN 5
       WHEN spend_cents >= 50000 THEN 4
       WHEN spend_cents >= 20000 THEN 3
       WHEN spend_cents >= 5000 THEN 2
       ELSE 1 END AS monetary_score
FROM facts
ORDER BY customer_id;
