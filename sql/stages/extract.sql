-- One row is a page that no article row answers yet.
SELECT p.*
FROM pages AS p
ANTI JOIN articles AS a ON a.id = p.id
