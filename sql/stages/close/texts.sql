-- One row is a text that `good` names: its number `n` in the order of text ids, and its length.
SELECT s.text_id, s.words, CAST(row_number() OVER (ORDER BY s.text_id) AS INTEGER) AS n
FROM signatures AS s
SEMI JOIN (SELECT third AS text_id FROM good UNION SELECT text_id FROM good) AS g ON g.text_id = s.text_id
