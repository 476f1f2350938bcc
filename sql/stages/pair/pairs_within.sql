-- One row is a pair of texts of one language that share at least $shared anchors that count, and how much these tell.
SELECT
    least(x.n, y.n) * CAST(4294967296 AS BIGINT) + greatest(x.n, y.n) AS pair, sum(x.told) AS told
FROM kept AS x
INNER JOIN kept AS y ON x.bucket = y.bucket AND x.language = y.language
WHERE x.within AND y.within AND x.fresh AND (x.n < y.n OR (x.n > y.n AND NOT y.fresh))
    AND x.since <= y.until_ AND y.since <= x.until_
GROUP BY least(x.n, y.n) * CAST(4294967296 AS BIGINT) + greatest(x.n, y.n)
HAVING count(*) >= $shared
