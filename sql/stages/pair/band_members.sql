-- One row is a text in a bucket of one band that others share; in a bucket of more than $hubs texts, a hub, with its
-- place there (0 in others). Only buckets of fresh texts are opened.
WITH all_bands AS (
    SELECT t.n, t.fresh, t.since, t.until_, unnest(s.bands) AS bucket, unnest(range(len(s.bands))) AS band
    FROM signatures AS s
    INNER JOIN texts AS t ON t.text_id = s.text_id
),
bands AS (
    SELECT n, fresh, since, until_, bucket, band FROM all_bands
    WHERE fresh
    UNION ALL
    SELECT b.n, b.fresh, b.since, b.until_, b.bucket, b.band
    FROM all_bands AS b
    SEMI JOIN (
        SELECT bucket, band FROM all_bands
        WHERE fresh AND (SELECT count(*) FROM texts WHERE NOT fresh) > 0
    ) AS o ON o.bucket = b.bucket AND o.band = b.band
    WHERE NOT b.fresh
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
