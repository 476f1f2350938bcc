-- One row is a copy whose text is not the original's word for word, the most altered first: what share of the original
-- was cut, what share of the copy is its own, whether the title was changed.
-- Variables:
--   top = 200           at most so many rows
--   kind = any          near, excerpt, reworded or translated alone
--   publisher = any     only this publisher's copies
SELECT
    id,
    publisher,
    kind,
    round(1 - kept, 3) AS cut,
    round(1 - borrowed, 3) AS added,
    words - original_words AS words_more,
    title IS DISTINCT FROM original_title AS title_changed,
    credited,
    title,
    original_title,
    url,
    original,
    original_publisher
FROM copies
WHERE
    latest
    AND id <> original
    AND kind <> 'exact'
    AND (getvariable('kind') IS NULL OR kind = getvariable('kind'))
    AND (getvariable('publisher') IS NULL OR publisher = getvariable('publisher'))
ORDER BY (1 - kept) + (1 - borrowed) DESC NULLS LAST, publisher, id
LIMIT coalesce(getvariable('top')::BIGINT, 200);
