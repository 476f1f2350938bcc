-- One row is a pair of texts of the cluster that were compared.
SELECT a, b, score, kind, shared
FROM explorer.edges
WHERE cluster_id = $id
