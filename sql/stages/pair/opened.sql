-- One row is an anchor of a fresh text.
SELECT t.n, t.language, unnest(a.buckets) AS bucket
FROM anchors AS a
INNER JOIN texts AS t ON t.text_id = a.text_id
WHERE t.fresh
