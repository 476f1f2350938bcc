-- One row is an outcome of fetching or reading pages, with one example. In each step the numbers add up to all rows.
-- Variables:
--   publisher = any     only this publisher's pages and articles
WITH steps AS (
    SELECT 'page' AS step, outcome, publisher, url, reason, id
    FROM pages
    UNION ALL BY NAME
    SELECT 'article' AS step, outcome, publisher, url, reason, id
    FROM articles
)
SELECT
    step,
    outcome,
    count(*) AS number,
    round(number / sum(number) OVER (PARTITION BY step), 4) AS share,
    count(DISTINCT publisher) AS publishers,
    mode(reason ORDER BY reason) AS commonest_reason,
    arg_min(url, id) AS example
FROM steps
WHERE getvariable('publisher') IS NULL OR publisher = getvariable('publisher')
GROUP BY step, outcome
ORDER BY step DESC, number DESC, outcome;
