-- One row is a text that has no signature yet; exact copies share one, and the article with the least id speaks for them.
WITH unsigned AS (
    SELECT min(a.id) AS id
    FROM articles AS a
    ANTI JOIN signatures AS s ON s.text_id = a.text_id
    WHERE a.outcome = 'ok'
    GROUP BY a.text_id
),
placed AS (
    SELECT a.part, a.id
    FROM articles_by_part AS a
    SEMI JOIN unsigned AS u ON u.id = a.id
)
SELECT a.text_id, a.language, a.text
FROM articles_by_part AS a
SEMI JOIN placed AS p ON p.part = a.part AND p.id = a.id
