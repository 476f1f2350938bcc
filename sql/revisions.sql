-- One row is a later revision of a URL beside the revision before it, and what changed between the two.
-- Variables:
--   top = 200           at most so many rows
--   publisher = any     only this publisher's URLs
--   url = any           only this URL
WITH steps AS (
    SELECT
        *,
        string_split(text, chr(10)) AS passages,
        lag(id) OVER before AS previous,
        lag(title) OVER before AS previous_title,
        lag(text_id) OVER before AS previous_text_id,
        lag(agency) OVER before AS previous_agency,
        lag(words) OVER before AS previous_words,
        lag(fetched_at) OVER before AS previous_fetched_at,
        lag(passages) OVER before AS previous_passages
    FROM articles
    WHERE revision IS NOT NULL AND url IS NOT NULL
    WINDOW before AS (PARTITION BY url ORDER BY revision)
)
SELECT
    url,
    revision,
    fetched_at,
    round(epoch(fetched_at - previous_fetched_at) / 3600, 1) AS hours_after,
    publisher,
    text_id <> previous_text_id AS text_changed,
    words - previous_words AS words_more,
    len(list_filter(passages, lambda passage: NOT list_contains(previous_passages, passage))) AS passages_added,
    len(list_filter(previous_passages, lambda passage: NOT list_contains(passages, passage))) AS passages_removed,
    CASE WHEN title IS DISTINCT FROM previous_title THEN previous_title END AS title_before,
    title,
    CASE WHEN agency IS DISTINCT FROM previous_agency THEN previous_agency END AS agency_before,
    agency,
    previous,
    id
FROM steps
WHERE
    previous IS NOT NULL
    AND (getvariable('publisher') IS NULL OR publisher = getvariable('publisher'))
    AND (getvariable('url') IS NULL OR url = getvariable('url'))
ORDER BY fetched_at DESC NULLS LAST, url, revision
LIMIT coalesce(getvariable('top')::BIGINT, 200);
