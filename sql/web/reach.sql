-- One row is the cluster of that id.
SELECT *
FROM explorer.reach
WHERE cluster_id = $id
