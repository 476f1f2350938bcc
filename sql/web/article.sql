-- One row is the article of that id, or the last readable revision of that URL.
SELECT *
FROM explorer.facts
WHERE id = $id OR url = $id
ORDER BY id = $id DESC, latest DESC
LIMIT 1
