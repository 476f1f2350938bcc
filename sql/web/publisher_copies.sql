-- One row is a copy that this publisher ran, the newest first.
SELECT *
FROM explorer.publisher_copies
WHERE publisher = $publisher
ORDER BY published_at DESC NULLS LAST, id
