-- One row is a paragraph that stands at three or more addresses of a publisher that has articles without a signature.
-- What was taken out as repeated before counts as standing there.
WITH
new AS (
    SELECT DISTINCT publisher
    FROM articles
    ANTI JOIN signatures USING (text_id)
    WHERE outcome = 'ok' AND publisher IS NOT NULL
),
told AS (
    SELECT publisher, url, text, removed
    FROM articles
    SEMI JOIN new USING (publisher)
    WHERE outcome = 'ok'
),
paragraphs AS (
    SELECT publisher, url, unnest(string_split(text, chr(10))) AS paragraph
    FROM told
    UNION ALL
    SELECT publisher, url, substr(unnest(list_filter(removed, lambda line: starts_with(line, 'repeated: '))), 11)
    FROM told
)
SELECT
    publisher,
    paragraph,
    count(DISTINCT url) AS addresses,
    any_value(every.addresses) AS of
FROM paragraphs
JOIN (SELECT publisher, count(DISTINCT url) AS addresses FROM told GROUP BY publisher) AS every USING (publisher)
WHERE length(paragraph) BETWEEN 1 AND 600
GROUP BY publisher, paragraph
HAVING count(DISTINCT url) >= 3
ORDER BY publisher, paragraph;
