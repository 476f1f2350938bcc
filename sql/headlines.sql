-- One row is a cluster whose articles carry different titles in one language: one text, several headlines.
-- Variables:
--   top = 50            at most so many rows
--   language = any      only titles in this language
SELECT
    cluster_id,
    language,
    count(DISTINCT title) AS titles,
    count(DISTINCT publisher) AS publishers,
    any_value(cluster_agency) AS agency,
    list(DISTINCT title ORDER BY title)[:10] AS first_titles
FROM copies
WHERE latest AND title IS NOT NULL AND (getvariable('language') IS NULL OR language = getvariable('language'))
GROUP BY cluster_id, language
HAVING count(DISTINCT title) > 1
ORDER BY titles DESC, publishers DESC, cluster_id, language
LIMIT coalesce(getvariable('top')::BIGINT, 50);
