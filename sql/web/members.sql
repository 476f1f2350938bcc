-- One row is an article of the cluster, the original first and then by time; of several revisions the last.
SELECT *
FROM explorer.facts
WHERE cluster_id = $id AND latest
ORDER BY id = original DESC, published_at NULLS LAST, publisher, id
