-- One row is a cluster, the widest reach first: how many publishers ran it, in which countries and languages, how fast.
-- Variables:
--   top = 50            at most so many rows
--   agency = any        only clusters of this agency's text
--   since = any         only clusters whose first dated article is not older than this
SELECT
    cluster_id,
    count(DISTINCT publisher) AS publishers,
    count(DISTINCT coalesce(url, id)) AS articles,
    count(DISTINCT country) AS countries,
    count(DISTINCT language) AS languages,
    any_value(cluster_agency) AS agency,
    count(*) FILTER (WHERE NOT credited) AS uncredited,
    min(published_at) AS first_at,
    round(epoch(max(published_at) - min(published_at)) / 3600, 1) AS hours,
    any_value(original_publisher) AS original_publisher,
    any_value(original_title) AS title,
    any_value(original) AS original
FROM copies
WHERE latest
GROUP BY cluster_id
HAVING
    (getvariable('agency') IS NULL OR any_value(cluster_agency) = getvariable('agency'))
    AND (getvariable('since') IS NULL OR min(published_at) >= getvariable('since')::TIMESTAMPTZ)
ORDER BY publishers DESC, articles DESC, cluster_id
LIMIT coalesce(getvariable('top')::BIGINT, 50);
