-- One row is a text that has no signature yet; exact copies share one, and the article with the least id speaks for them.
WITH unsigned AS (
    SELECT min(a.id) AS id, min_by(a.part, a.id) AS part
    FROM articles_by_part AS a
    ANTI JOIN signatures AS s ON s.text_id = a.text_id
    WHERE a.outcome = 'ok'
    GROUP BY a.text_id
)
SELECT a.text_id, a.language, a.text
FROM articles_by_part AS a
SEMI JOIN unsigned AS u ON u.part = a.part AND u.id = a.id
