-- One row is a publisher: in how many clusters it had the text first, by the times that its pages give.
-- Clusters with fewer than two timed publishers tell nothing and stay out.
-- Variables:
--   least = 1           only publishers that took part in at least so many timed clusters
WITH entries AS (
    SELECT cluster_id, publisher, min(published_at) AS had_at
    FROM copies
    WHERE published_at IS NOT NULL AND publisher IS NOT NULL
    GROUP BY cluster_id, publisher
),
ranked AS (
    SELECT
        *,
        count(*) OVER in_cluster AS publishers,
        min(had_at) OVER in_cluster AS first_at,
        rank() OVER (in_cluster ORDER BY had_at) AS place
    FROM entries
    WINDOW in_cluster AS (PARTITION BY cluster_id)
)
SELECT
    publisher,
    count(*) AS clusters,
    count(*) FILTER (WHERE place = 1) AS times_first,
    round(times_first / clusters, 3) AS first_share,
    round(median(place), 1) AS median_place,
    round(median(epoch(had_at - first_at) / 3600) FILTER (WHERE place > 1), 1) AS median_hours_behind
FROM ranked
WHERE publishers >= 2
GROUP BY publisher
HAVING count(*) >= coalesce(getvariable('least')::BIGINT, 1)
ORDER BY times_first DESC, first_share DESC, publisher;
