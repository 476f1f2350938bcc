-- One row is an anchor that another text shares with a fresh one.
SELECT t.n, t.language, a.bucket
FROM anchors AS a
INNER JOIN texts AS t ON t.text_id = a.text_id
SEMI JOIN (
    SELECT bucket FROM opened
    WHERE (SELECT count(*) FROM texts WHERE NOT fresh) > 0  -- in a new corpus there is nothing to look for
) AS o ON o.bucket = a.bucket
WHERE NOT t.fresh
