-- One row is a page that no article row answers yet.
WITH unread AS (
    SELECT p.part, p.id
    FROM pages_by_part AS p
    ANTI JOIN articles AS a ON a.id = p.id
)
SELECT p.*
FROM pages_by_part AS p
SEMI JOIN unread AS u ON u.part = p.part AND u.id = p.id
