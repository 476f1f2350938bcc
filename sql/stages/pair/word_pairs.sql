-- One row is a pair of texts that share buckets: how many (`told`), and whether both are in hubs.
-- In a hub each meets the first few alone.
WITH met AS (
    SELECT x.n * CAST(4294967296 AS BIGINT) + y.n AS pair, count(*) AS told
    FROM band_members AS x
    INNER JOIN band_members AS y ON x.band = y.band AND x.bucket = y.bucket
    WHERE x.n < y.n AND x.place <= $hub_members AND (x.fresh OR y.fresh)
        AND x.since <= y.until_ AND y.since <= x.until_
    GROUP BY x.n * CAST(4294967296 AS BIGINT) + y.n
),
hubs AS (
    SELECT DISTINCT n FROM band_members
    WHERE place > 0
)
SELECT m.pair, m.told, y.n IS NOT NULL AS in_hubs
FROM met AS m
LEFT JOIN hubs AS x ON x.n = m.pair // 4294967296
LEFT JOIN hubs AS y ON y.n = m.pair % 4294967296 AND x.n IS NOT NULL
