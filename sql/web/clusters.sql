-- One row is a cluster that every filter lets through; `found` is how many there are on all pages.
SELECT *, count(*) OVER () AS found
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
    AND ($among::VARCHAR[] IS NULL OR list_contains($among::VARCHAR[], cluster_id))
ORDER BY
    CASE $sort WHEN 'speed' THEN median_delay WHEN 'oldest' THEN epoch(first_at) END NULLS LAST,
    CASE $sort WHEN 'altered' THEN altered WHEN 'newest' THEN epoch(first_at) WHEN 'uncredited' THEN uncredited END
        DESC NULLS LAST,
    publishers DESC,
    articles DESC,
    cluster_id
LIMIT $most OFFSET $start
