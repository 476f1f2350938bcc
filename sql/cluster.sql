-- One row is an article of one cluster, the original first and then by time.
-- Variables:
--   id = widest         a cluster_id (also one that was merged away), or the id or URL of any article in the
--                       cluster; without it the cluster of the widest reach
WITH RECURSIVE led_to AS (
    SELECT getvariable('id')::VARCHAR AS id
    UNION
    SELECT merges."into"
    FROM merges
    JOIN led_to ON merges.cluster_id = led_to.id
),
chosen AS (
    SELECT cluster_id
    FROM copies
    WHERE
        getvariable('id') IS NULL
        OR cluster_id IN (FROM led_to)
        OR getvariable('id')::VARCHAR IN (id, url)
    GROUP BY cluster_id
    ORDER BY count(DISTINCT publisher) FILTER (WHERE latest) DESC, count(*) DESC, cluster_id
    LIMIT 1
)
SELECT
    id,
    kind,
    publisher,
    language,
    published_at,
    delay_hours,
    round(kept, 2) AS kept,
    round(borrowed, 2) AS borrowed,
    agency,
    credited,
    words,
    revision,
    title,
    url,
    cluster_id
FROM copies
WHERE cluster_id = (FROM chosen)
ORDER BY id = original DESC, published_at NULLS LAST, publisher, id;
