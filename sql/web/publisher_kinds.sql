-- One row is a kind of copy that this publisher ran.
SELECT kind, copies
FROM explorer.publisher_kinds
WHERE publisher = $publisher
ORDER BY copies DESC, kind
