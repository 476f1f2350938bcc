-- One row is a language: articles, publishers, and how much of it is copied, translated from elsewhere or agency copy.
SELECT
    articles.language,
    count(*) AS articles,
    count(DISTINCT articles.publisher) AS publishers,
    count(copies.id) AS in_clusters,
    count(*) FILTER (WHERE copies.id <> copies.original) AS copies,
    count(*) FILTER (WHERE copies.id <> copies.original AND copies.language <> copies.original_language)
        AS from_other_languages,
    count(articles.agency) AS crediting_an_agency,
    round(avg(articles.words)) AS mean_words
FROM articles
LEFT JOIN copies USING (id)
WHERE articles.latest
GROUP BY articles.language
ORDER BY articles DESC, articles.language;
