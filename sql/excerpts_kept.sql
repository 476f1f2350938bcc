-- One row is a shortened copy: how much of the original's wording it kept, and how much of its own it added.
-- Variables:
--   top = 200           at most so many rows
--   kept = 0.9          only copies that kept less than this share of the original
--   publisher = any     only this publisher's copies
SELECT
    id,
    publisher,
    kind,
    round(kept, 3) AS kept,
    round(1 - borrowed, 3) AS added,
    words,
    original_words,
    cluster_agency AS agency,
    credited,
    title,
    url,
    original,
    original_publisher
FROM copies
WHERE
    latest
    AND id <> original
    AND (kind = 'excerpt' OR kept < borrowed)
    AND kept < coalesce(getvariable('kept')::DOUBLE, 0.9)
    AND (getvariable('publisher') IS NULL OR publisher = getvariable('publisher'))
ORDER BY kept, publisher, id
LIMIT coalesce(getvariable('top')::BIGINT, 200);
