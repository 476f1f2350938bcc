-- One row is a pair (a < b) without a score, of two texts that are both copies of a third one.
-- Their score tells whether the three are one cluster or the third one welds two.
-- Of a text with many copies the first $neighbours alone count. Two parts of one much longer text say nothing about it
-- by having nothing in common: they are left out, and so are texts whose known times lie further apart than the window.
-- Only the copies of the texts in `fresh` are looked at: those that have got copies since theirs were compared (close/fresh.sql).
WITH published AS (
    SELECT
        text_id,
        CASE WHEN count(published_at) = count(*) THEN min(published_at) - to_days($window) END AS since,
        max(published_at) AS until_
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
),
copies AS (
    SELECT
        g.third, g.text_id,
        t.words >= 1.5 * s.words AS part, p.since, p.until_,
        row_number() OVER (PARTITION BY g.third ORDER BY g.text_id) AS place
    FROM good AS g
    INNER JOIN signatures AS t ON t.text_id = g.third
    INNER JOIN signatures AS s ON s.text_id = g.text_id
    INNER JOIN published AS p ON p.text_id = g.text_id
),
outstanding AS (
    SELECT x.text_id AS a, y.text_id AS b, min(x.third) AS home
    FROM copies AS x
    INNER JOIN copies AS y ON y.third = x.third
    ANTI JOIN pairs AS p ON p.a = x.text_id AND p.b = y.text_id
    WHERE x.text_id < y.text_id AND x.place <= $neighbours AND y.place <= $neighbours AND NOT (x.part AND y.part)
        AND (x.since IS NULL OR y.since IS NULL OR (x.since <= y.until_ AND y.since <= x.until_))
    GROUP BY x.text_id, y.text_id
)
SELECT a, b, 'closure' AS view
FROM outstanding
ORDER BY home, a, b
