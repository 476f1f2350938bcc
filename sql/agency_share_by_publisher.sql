-- One row is a publisher: how much of what it publishes is agency copy, credited or not.
-- An article is agency copy where it credits an agency or stands in a cluster of an agency's text.
-- Variables:
--   least = 1           only publishers with at least so many articles
--   agency = any        count this agency's copy alone
WITH marked AS (
    SELECT
        articles.publisher,
        articles.words,
        coalesce(articles.agency, copies.cluster_agency) AS agency,
        articles.agency IS NOT NULL AS credits
    FROM articles
    LEFT JOIN copies USING (id)
    WHERE articles.latest
),
counted AS (
    SELECT
        *,
        agency IS NOT NULL AND (getvariable('agency') IS NULL OR agency = getvariable('agency')) AS from_agency
    FROM marked
)
SELECT
    publisher,
    count(*) AS articles,
    count(*) FILTER (WHERE from_agency) AS agency_articles,
    round(agency_articles / articles, 3) AS agency_share,
    round(sum(words) FILTER (WHERE from_agency) / nullif(sum(words), 0), 3) AS agency_share_of_words,
    count(*) FILTER (WHERE from_agency AND credits) AS credited,
    count(*) FILTER (WHERE from_agency AND NOT credits) AS uncredited,
    count(DISTINCT agency) FILTER (WHERE from_agency) AS agencies
FROM counted
GROUP BY publisher
HAVING count(*) >= coalesce(getvariable('least')::BIGINT, 1)
ORDER BY agency_share DESC, articles DESC, publisher;
