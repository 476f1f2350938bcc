-- One row is a text that has got copies, or further articles of them, since its copies were last compared with each
-- other; with the number of their articles now.
WITH articles_of AS (
    SELECT text_id, count(*) AS articles
    FROM articles
    WHERE outcome = 'ok'
    GROUP BY text_id
),
good AS (
    SELECT a AS third, b AS text_id
    FROM pairs
    WHERE score >= $threshold AND view <> 'closure'
    UNION ALL
    SELECT b AS third, a AS text_id
    FROM pairs
    WHERE score >= $threshold AND view <> 'closure'
),
copied AS (
    SELECT g.third AS text_id, CAST(sum(n.articles) AS BIGINT) AS copies_then
    FROM good AS g
    INNER JOIN articles_of AS n ON n.text_id = g.text_id
    GROUP BY g.third
    HAVING count(*) > 1
)
SELECT c.text_id, c.copies_then
FROM copied AS c
ANTI JOIN closed AS d ON d.text_id = c.text_id AND d.copies_then = c.copies_then
