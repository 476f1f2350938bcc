-- One row is an article that credits an agency and yet has no copy in the corpus: nobody else ran it, or its copies
-- were not crawled or not recognised.
-- Variables:
--   top = 200           at most so many rows
--   agency = any        only this agency's
--   publisher = any     only this publisher's
SELECT
    id,
    publisher,
    agency,
    round(agency_confidence, 2) AS agency_confidence,
    language,
    published_at,
    words,
    dateline,
    credit,
    title,
    url
FROM articles
WHERE
    latest
    AND agency IS NOT NULL
    AND id NOT IN (SELECT id FROM copies WHERE id IS NOT NULL)
    AND (getvariable('agency') IS NULL OR agency = getvariable('agency'))
    AND (getvariable('publisher') IS NULL OR publisher = getvariable('publisher'))
ORDER BY published_at DESC NULLS LAST, id
LIMIT coalesce(getvariable('top')::BIGINT, 200);
