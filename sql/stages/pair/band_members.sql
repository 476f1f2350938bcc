-- One row is a text in a bucket of one band that others share; in a bucket of more than $hubs texts, a hub, with its
-- place there (0 in others). Only buckets of fresh texts are opened.
WITH placed AS (
    SELECT s.part, s.text_id, t.n, t.since, t.until_
    FROM signatures_by_part AS s
    INNER JOIN texts AS t ON t.text_id = s.text_id
    WHERE t.fresh
),
of_fresh AS (
    SELECT p.n, p.since, p.until_, unnest(s.bands) AS bucket, unnest(range(len(s.bands))) AS band
    FROM signatures_by_part AS s
    INNER JOIN placed AS p ON p.part = s.part AND p.text_id = s.text_id
),
of_others AS (
    SELECT t.n, t.since, t.until_, unnest(s.bands) AS bucket, unnest(range(len(s.bands))) AS band
    FROM signatures AS s
    INNER JOIN texts AS t ON t.text_id = s.text_id
    WHERE NOT t.fresh
),
bands AS (
    SELECT n, true AS fresh, since, until_, bucket, band FROM of_fresh
    UNION ALL
    SELECT b.n, false AS fresh, b.since, b.until_, b.bucket, b.band
    FROM of_others AS b
    SEMI JOIN (
        SELECT bucket, band FROM of_fresh
        WHERE (SELECT count(*) FROM texts WHERE NOT fresh) > 0  -- in a new corpus there is nothing to look for
    ) AS o ON o.bucket = b.bucket AND o.band = b.band
),
shared AS (
    SELECT band, bucket, count(*) AS texts
    FROM bands
    GROUP BY band, bucket
    HAVING count(*) > 1
)
SELECT
    m.n, m.fresh, m.since, m.until_, m.band, m.bucket,
    CASE
        WHEN b.texts <= $hubs THEN 0
        ELSE row_number() OVER (PARTITION BY m.band, m.bucket ORDER BY m.n)
    END AS place
FROM bands AS m
INNER JOIN shared AS b ON b.band = m.band AND b.bucket = m.bucket
