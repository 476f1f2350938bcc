-- One row is a text that one publisher printed under several URLs (sections, AMP twins, updates under a new URL).
-- Variables:
--   top = 200           at most so many rows
--   publisher = any     only this publisher
SELECT
    publisher,
    cluster_id,
    count(DISTINCT coalesce(url, id)) AS urls,
    count(DISTINCT text_id) AS different_texts,
    count(DISTINCT language) AS languages,
    round(epoch(max(published_at) - min(published_at)) / 3600, 1) AS hours,
    any_value(cluster_agency) AS agency,
    arg_min(title, id) AS title,
    list(DISTINCT url ORDER BY url)[:5] AS first_urls
FROM copies
WHERE latest AND (getvariable('publisher') IS NULL OR publisher = getvariable('publisher'))
GROUP BY publisher, cluster_id
HAVING count(DISTINCT coalesce(url, id)) > 1
ORDER BY urls DESC, publisher, cluster_id
LIMIT coalesce(getvariable('top')::BIGINT, 200);
