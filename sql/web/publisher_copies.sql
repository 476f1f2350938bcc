-- One row is a copy that this publisher ran, the newest first.
SELECT *
FROM explorer.facts
WHERE publisher = $publisher AND latest AND is_copy
ORDER BY published_at DESC NULLS LAST, id
LIMIT $most
