-- One row is a pair of texts of two languages that share at least $shared anchors that count, and how much these tell.
-- An anchor is looked for in each other language of its own: a join on the anchor alone would go through all texts of
-- its own language, too.
WITH sought AS MATERIALIZED (
    SELECT x.n, x.language, x.bucket, x.since, x.until_, x.told, o.language AS other
    FROM kept AS x
    INNER JOIN counted AS o ON o.bucket = x.bucket
    WHERE x.across AND x.fresh AND (x.language < o.language OR (x.language > o.language AND o.older))
)
SELECT
    least(x.n, y.n) * CAST(4294967296 AS BIGINT) + greatest(x.n, y.n) AS pair, sum(x.told) AS told
FROM sought AS x
INNER JOIN kept AS y ON y.bucket = x.bucket AND y.language = x.other
WHERE y.across AND (x.language < y.language OR NOT y.fresh) AND x.since <= y.until_ AND y.since <= x.until_
GROUP BY least(x.n, y.n) * CAST(4294967296 AS BIGINT) + greatest(x.n, y.n)
HAVING count(*) >= $shared
