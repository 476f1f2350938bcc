-- One row is a day (UTC) of publication; the row without a day holds the articles of unknown time.
-- Variables:
--   since = any         only days from this one on
--   until = any         only days before this one
--   publisher = any     only this publisher's articles
--   language = any      only articles in this language
SELECT
    articles.published_at::DATE AS day,
    count(*) AS articles,
    count(DISTINCT articles.publisher) AS publishers,
    count(*) FILTER (WHERE copies.id <> copies.original) AS copies,
    count(DISTINCT copies.cluster_id) AS clusters,
    count(*) FILTER (WHERE coalesce(articles.agency, copies.cluster_agency) IS NOT NULL) AS agency_articles,
    sum(articles.words)::BIGINT AS words
FROM articles
LEFT JOIN copies USING (id)
WHERE
    articles.latest
    AND (getvariable('since') IS NULL OR articles.published_at >= getvariable('since')::TIMESTAMPTZ)
    AND (getvariable('until') IS NULL OR articles.published_at < getvariable('until')::TIMESTAMPTZ)
    AND (getvariable('publisher') IS NULL OR articles.publisher = getvariable('publisher'))
    AND (getvariable('language') IS NULL OR articles.language = getvariable('language'))
GROUP BY day
ORDER BY day NULLS LAST;
