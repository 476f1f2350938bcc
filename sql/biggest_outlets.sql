-- One row is a publisher, the largest first: how much it published and what part of it is its own.
-- An article is original here where the corpus holds no earlier text that it copies and it credits no agency.
-- Variables:
--   top = 50            at most so many rows
--   language = any      only articles in this language
SELECT
    articles.publisher,
    any_value(articles.country) AS country,
    count(*) AS articles,
    sum(articles.words)::BIGINT AS words,
    count(DISTINCT articles.language) AS languages,
    count(*) FILTER (WHERE copies.id <> copies.original) AS copies,
    count(*) FILTER (WHERE copies.id = copies.original) AS copied_by_others,
    count(articles.agency) AS crediting_an_agency,
    round(count(*) FILTER (WHERE articles.agency IS NULL AND (copies.id IS NULL OR copies.id = copies.original))
        / count(*), 3) AS original_share,
    min(articles.published_at) AS first_at,
    max(articles.published_at) AS last_at
FROM articles
LEFT JOIN copies USING (id)
WHERE articles.latest AND (getvariable('language') IS NULL OR articles.language = getvariable('language'))
GROUP BY articles.publisher
ORDER BY articles DESC, articles.publisher
LIMIT coalesce(getvariable('top')::BIGINT, 50);
