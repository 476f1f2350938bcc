-- One row is a text that is not in `paired` with as many articles as it has now; with their number.
WITH articles_of AS (
    SELECT text_id, count(*) AS articles_then
    FROM articles
    WHERE outcome = 'ok'
    GROUP BY text_id
)
SELECT n.text_id, n.articles_then
FROM articles_of AS n
SEMI JOIN anchors AS a ON a.text_id = n.text_id
ANTI JOIN paired AS p ON p.text_id = n.text_id AND p.articles_then = n.articles_then
