-- How two tables differ, as bags of rows: the type a column is stored as does not matter, its
-- value does. Columns that are ours (_ab_*) are not looked at.
CREATE VIEW expected AS
SELECT ${COLUMNS} FROM read_parquet('${EXPECTED}/${TABLE}.parquet');

CREATE VIEW actual AS
SELECT ${COLUMNS} FROM read_parquet(${FILES}, union_by_name = true);

CREATE TABLE missing AS FROM expected EXCEPT ALL FROM actual;
CREATE TABLE unexpected AS FROM actual EXCEPT ALL FROM expected;
