-- One row is a place from which articles have their time of publication: delays are as good as these.
SELECT
    coalesce(published_by_what, 'nothing') AS taken_from,
    count(*) AS articles,
    round(count(*) / sum(count(*)) OVER (), 3) AS share,
    count(DISTINCT publisher) AS publishers,
    count(*) FILTER (WHERE published_at = date_trunc('day', published_at)) AS without_time_of_day,
    count(*) FILTER (WHERE published_at > fetched_at) AS after_the_fetch
FROM articles
WHERE latest
GROUP BY ALL
ORDER BY articles DESC, taken_from;
