-- One row is the cluster that an id stands for: a cluster's own, one that was merged away, an article's id or its URL.
WITH RECURSIVE led_to AS (
    SELECT $id::VARCHAR AS id
    UNION
    SELECT merges."into"
    FROM merges
    JOIN led_to ON merges.cluster_id = led_to.id
)
SELECT cluster_id
FROM explorer.facts
WHERE cluster_id IN (FROM led_to) OR (cluster_id IS NOT NULL AND (id = $id OR url = $id))
LIMIT 1
