-- One row is a text that has no signature yet; exact copies share one, and the article with the least id speaks for them.
WITH first_of AS (
    SELECT text_id, min(id) AS id
    FROM articles
    WHERE outcome = 'ok'
    GROUP BY text_id
)
SELECT a.text_id, a.language, a.text
FROM articles AS a
SEMI JOIN first_of AS f ON f.text_id = a.text_id AND f.id = a.id
ANTI JOIN signatures AS s ON s.text_id = a.text_id
