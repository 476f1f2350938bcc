-- One row is a copy that credits another agency than the one whose text it is: two agencies may share a text, or one
-- credit is wrong.
-- Variables:
--   top = 200           at most so many rows
SELECT
    id,
    publisher,
    agency AS credits,
    cluster_agency AS text_of,
    kind,
    round(borrowed, 2) AS borrowed,
    published_at,
    title,
    url,
    original,
    original_url
FROM copies
WHERE latest AND agency <> cluster_agency
ORDER BY text_of, credits, publisher, id
LIMIT coalesce(getvariable('top')::BIGINT, 200);
