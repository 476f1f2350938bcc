-- One row is a text: its number `n` in the order of text ids, its language as a number, how many articles have it, when
-- they were published, and whether it is fresh: not in `paired` with as many articles as now.
-- Texts with an article of unknown time are of all times.
WITH published AS (
    SELECT
        text_id,
        count(*) AS articles,
        CASE
            WHEN count(published_at) = count(*) THEN CAST(min(published_at) - to_days($window) AS DATE)
            ELSE CAST('0001-01-01' AS DATE)
        END AS since,
        CASE
            WHEN count(published_at) = count(*) THEN CAST(max(published_at) AS DATE)
            ELSE CAST('9999-12-31' AS DATE)
        END AS until_
    FROM articles
    WHERE outcome = 'ok'
    GROUP BY text_id
),
languages AS (
    SELECT coalesce(language, '') AS language, row_number() OVER (ORDER BY coalesce(language, '')) AS number
    FROM signatures
    GROUP BY coalesce(language, '')
)
SELECT
    t.text_id, t.articles, t.since, t.until_,
    CAST(row_number() OVER (ORDER BY t.text_id) AS INTEGER) AS n,
    CAST(l.number AS SMALLINT) AS language,
    p.text_id IS NULL AS fresh,
    p.room_within, p.room_across
FROM published AS t
INNER JOIN signatures AS s ON s.text_id = t.text_id
INNER JOIN languages AS l ON l.language = coalesce(s.language, '')
LEFT JOIN paired AS p ON p.text_id = t.text_id AND p.articles_then = t.articles
