-- One row is a text: its number `n` in the order of text ids, and its length.
SELECT text_id, words, CAST(row_number() OVER (ORDER BY text_id) AS INTEGER) AS n
FROM signatures
