-- One row is one of this publisher's copies in the original's language that changed the text, drawn by hash.
SELECT id, original, language
FROM explorer.publisher_altered
WHERE publisher = $publisher
ORDER BY hash(id)
