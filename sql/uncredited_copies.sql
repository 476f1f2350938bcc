-- One row is a copy of an agency's text that names no agency, the closest to the original first.
-- Variables:
--   top = 200           at most so many rows
--   agency = any        only copies of this agency's text
--   publisher = any     only this publisher's copies
--   borrowed = 0        only copies of whose wording at least this share is the original's (translations stay)
SELECT
    id,
    publisher,
    language,
    published_at,
    cluster_agency AS agency,
    kind,
    round(borrowed, 2) AS borrowed,
    round(kept, 2) AS kept,
    delay_hours,
    byline,
    title,
    url,
    original,
    original_url
FROM copies
WHERE
    latest
    AND id <> original
    AND cluster_agency IS NOT NULL
    AND agency IS NULL
    AND (getvariable('agency') IS NULL OR cluster_agency = getvariable('agency'))
    AND (getvariable('publisher') IS NULL OR publisher = getvariable('publisher'))
    AND (borrowed IS NULL OR borrowed >= coalesce(getvariable('borrowed')::DOUBLE, 0))
ORDER BY borrowed DESC NULLS LAST, kept DESC NULLS LAST, publisher, id
LIMIT coalesce(getvariable('top')::BIGINT, 200);
