-- One row is a copy signed by somebody whom the original does not name: staff names over another's text.
-- Variables:
--   top = 200           at most so many rows
--   borrowed = 0.8      only copies of whose wording at least this share is the original's (translations stay)
SELECT
    id,
    publisher,
    authors,
    original_authors,
    cluster_agency AS agency,
    credited,
    kind,
    round(borrowed, 2) AS borrowed,
    delay_hours,
    title,
    url,
    original,
    original_publisher
FROM copies
WHERE
    latest
    AND id <> original
    AND publisher IS DISTINCT FROM original_publisher
    AND len(authors) > 0
    AND NOT list_has_any(authors, coalesce(original_authors, []))
    AND (borrowed IS NULL OR borrowed >= coalesce(getvariable('borrowed')::DOUBLE, 0.8))
ORDER BY credited NULLS LAST, borrowed DESC NULLS LAST, publisher, id
LIMIT coalesce(getvariable('top')::BIGINT, 200);
