-- One row is a copy of a text in `fresh`: both as numbers, whether the copy is a part of that much longer text, when it
-- was published, and its place among the copies.
WITH published AS (
    SELECT
        text_id,
        CASE WHEN count(published_at) = count(*) THEN CAST(min(published_at) - to_days($window) AS DATE) END AS since,
        CAST(max(published_at) AS DATE) AS until_
    FROM articles
    WHERE outcome = 'ok'
    GROUP BY text_id
),
good AS (
    SELECT p.a AS third, p.b AS text_id
    FROM pairs AS p
    SEMI JOIN fresh AS f ON f.text_id = p.a
    WHERE p.score >= $threshold AND p.view <> 'closure'
    UNION ALL
    SELECT p.b AS third, p.a AS text_id
    FROM pairs AS p
    SEMI JOIN fresh AS f ON f.text_id = p.b
    WHERE p.score >= $threshold AND p.view <> 'closure'
)
SELECT
    t.n AS third, s.n, t.words >= 1.5 * s.words AS part, p.since, p.until_,
    row_number() OVER (PARTITION BY t.n ORDER BY s.n) AS place
FROM good AS g
INNER JOIN texts AS t ON t.text_id = g.third
INNER JOIN texts AS s ON s.text_id = g.text_id
INNER JOIN published AS p ON p.text_id = g.text_id
