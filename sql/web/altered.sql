-- One row is one of this publisher's copies in the original's language that changed the text, drawn by hash.
SELECT id, original, language
FROM explorer.facts
WHERE
    publisher = $publisher
    AND latest
    AND is_copy
    AND kind IN ('near', 'excerpt')
    AND publisher IS DISTINCT FROM original_publisher
ORDER BY hash(id)
LIMIT $most
