-- One row is a cluster that every filter lets through; `found` is how many there are on all pages.
WITH let_through AS (
    SELECT
        cluster_id,
        publishers,
        articles,
        CASE $sort WHEN 'speed' THEN median_delay WHEN 'oldest' THEN epoch(first_at) END AS small_first,
        CASE $sort
            WHEN 'altered' THEN altered
            WHEN 'newest' THEN epoch(first_at)
            WHEN 'uncredited' THEN uncredited
        END AS great_first
    FROM explorer.reach
    WHERE
        ($agency IS NULL OR agency = $agency)
        AND ($language IS NULL OR list_contains(languages, $language))
        AND ($kind IS NULL OR list_contains(kinds, $kind))
        AND (
            $publisher IS NULL
            OR cluster_id IN (SELECT cluster_id FROM explorer.facts WHERE publisher = $publisher AND latest)
        )
        AND ($since::DATE IS NULL OR last_at >= $since::DATE)
        AND ($until::DATE IS NULL OR first_at < $until::DATE + 1)
        AND ($least::BIGINT IS NULL OR publishers >= $least)
        AND (
            $credit IS NULL
            OR ($credit = 'missing' AND uncredited > 0)
            OR ($credit = 'complete' AND uncredited = 0 AND agency IS NOT NULL)
        )
        AND ($among::VARCHAR[] IS NULL OR cluster_id IN (SELECT unnest($among::VARCHAR[])))
),
wanted AS (
    FROM let_through
    ORDER BY small_first NULLS LAST, great_first DESC NULLS LAST, publishers DESC, articles DESC, cluster_id
    LIMIT $most OFFSET $start
)
SELECT reach.*, (SELECT count(*) FROM let_through) AS found
FROM explorer.reach
JOIN wanted USING (cluster_id)
ORDER BY
    wanted.small_first NULLS LAST,
    wanted.great_first DESC NULLS LAST,
    wanted.publishers DESC,
    wanted.articles DESC,
    cluster_id
