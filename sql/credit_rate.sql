-- One row is an agency: how many copies of its text the corpus holds and how many of them name it.
-- Variables:
--   least = 1           only agencies with at least so many copies
SELECT
    cluster_agency AS agency,
    count(*) AS copies,
    count(DISTINCT cluster_id) AS clusters,
    count(DISTINCT publisher) AS publishers,
    count(DISTINCT language) AS languages,
    count(*) FILTER (WHERE credited) AS credited,
    count(*) FILTER (WHERE agency IS NULL) AS uncredited,
    count(*) FILTER (WHERE agency <> cluster_agency) AS crediting_another,
    round(avg(credited::INTEGER), 3) AS credit_rate
FROM copies
WHERE latest AND id <> original AND cluster_agency IS NOT NULL
GROUP BY cluster_agency
HAVING count(*) >= coalesce(getvariable('least')::BIGINT, 1)
ORDER BY copies DESC, agency;
