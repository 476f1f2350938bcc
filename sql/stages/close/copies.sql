-- One row is a copy of a text in `fresh`: both as numbers, whether the copy is a part of that much longer text, when it
-- was published, and its place among the copies.
WITH published AS (
    SELECT
        a.text_id,
        CASE WHEN count(a.published_at) = count(*) THEN CAST(min(a.published_at) - to_days($window) AS DATE) END AS since,
        CAST(max(a.published_at) AS DATE) AS until_
    FROM articles AS a
    SEMI JOIN texts AS t ON t.text_id = a.text_id
    WHERE a.outcome = 'ok'
    GROUP BY a.text_id
)
SELECT
    t.n AS third, s.n, t.words >= 1.5 * s.words AS part, p.since, p.until_,
    row_number() OVER (PARTITION BY t.n ORDER BY s.n) AS place
FROM good AS g
INNER JOIN texts AS t ON t.text_id = g.third
INNER JOIN texts AS s ON s.text_id = g.text_id
INNER JOIN published AS p ON p.text_id = g.text_id
