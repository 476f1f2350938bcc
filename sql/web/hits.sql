-- One row is the first article of a cluster whose text is among those that a search found.
SELECT cluster_id, id, publisher, language
FROM explorer.facts
WHERE
    latest
    AND cluster_id IN (SELECT unnest($clusters::VARCHAR[]))
    AND text_id IN (SELECT unnest($texts::VARCHAR[]))
QUALIFY row_number() OVER (PARTITION BY cluster_id ORDER BY is_copy, published_at, id) = 1
