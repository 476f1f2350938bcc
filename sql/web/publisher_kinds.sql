-- One row is a kind of copy that this publisher ran.
SELECT kind, count(*) AS copies
FROM explorer.facts
WHERE publisher = $publisher AND latest AND is_copy
GROUP BY kind
ORDER BY copies DESC, kind
