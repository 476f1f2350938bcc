-- One row is a number n: how long after the first publisher the n-th one had the text, over all clusters that reached n.
-- Variables:
--   top = 20            n up to this
--   agency = any        only clusters of this agency's text
WITH entries AS (
    SELECT cluster_id, publisher, min(published_at) AS had_at
    FROM copies
    WHERE
        published_at IS NOT NULL
        AND publisher IS NOT NULL
        AND (getvariable('agency') IS NULL OR cluster_agency = getvariable('agency'))
    GROUP BY cluster_id, publisher
),
placed AS (
    SELECT
        row_number() OVER by_time AS n,
        epoch(had_at - min(had_at) OVER by_time) / 3600 AS hours
    FROM entries
    WINDOW by_time AS (PARTITION BY cluster_id ORDER BY had_at, publisher)
)
SELECT
    n,
    count(*) AS clusters,
    round(quantile_cont(hours, 0.1), 2) AS fast_hours,
    round(median(hours), 2) AS median_hours,
    round(quantile_cont(hours, 0.9), 2) AS slow_hours
FROM placed
WHERE n BETWEEN 2 AND coalesce(getvariable('top')::BIGINT, 20)
GROUP BY n
ORDER BY n;
