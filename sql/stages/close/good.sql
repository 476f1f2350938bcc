-- One row is a copy of a text in `fresh`.
SELECT p.a AS third, p.b AS text_id
FROM pairs AS p
SEMI JOIN fresh AS f ON f.text_id = p.a
WHERE p.score >= $threshold AND p.view <> 'closure'
UNION ALL
SELECT p.b AS third, p.a AS text_id
FROM pairs AS p
SEMI JOIN fresh AS f ON f.text_id = p.b
WHERE p.score >= $threshold AND p.view <> 'closure'
