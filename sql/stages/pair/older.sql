-- One row is an anchor that another text shares with a fresh one.
SELECT a.n, a.language, a.bucket
FROM (
    SELECT t.n, t.language, unnest(s.buckets) AS bucket
    FROM anchors AS s
    INNER JOIN texts AS t ON t.text_id = s.text_id
    WHERE NOT t.fresh
) AS a
INNER JOIN (
    SELECT DISTINCT bucket FROM opened
    WHERE (SELECT count(*) FROM texts WHERE NOT fresh) > 0  -- in a new corpus there is nothing to look for
) AS o ON o.bucket = a.bucket
