-- One row is an anchor of a fresh text that was not found to be common before.
WITH placed AS (
    SELECT a.part, a.text_id, t.n, t.language
    FROM anchors_by_part AS a
    INNER JOIN texts AS t ON t.text_id = a.text_id
    WHERE t.fresh
),
chosen AS (
    SELECT p.n, p.language, unnest(a.buckets) AS bucket
    FROM anchors_by_part AS a
    INNER JOIN placed AS p ON p.part = a.part AND p.text_id = a.text_id
)
SELECT c.n, c.language, c.bucket
FROM chosen AS c
ANTI JOIN common AS k ON k.bucket = c.bucket
