-- One row is a paragraph that stands at three or more addresses of a publisher, one of them an article without a
-- signature: `addresses` of all `of` that were looked at. These are the articles without a signature and the
-- publisher's newest `recent` others: what a site repeats stands on its newest pages, whatever their number.
-- What was taken out as repeated before counts as standing there.
WITH
limits AS (SELECT 500 AS recent),
fresh AS (
    SELECT a.part, a.id, a.publisher
    FROM articles_by_part AS a
    ANTI JOIN signatures AS s ON s.text_id = a.text_id
    WHERE a.outcome = 'ok' AND a.publisher IS NOT NULL
),
others AS (
    SELECT
        a.part, a.id,
        row_number() OVER (PARTITION BY a.publisher ORDER BY a.fetched_at DESC NULLS LAST, a.id) AS place
    FROM articles_by_part AS a
    SEMI JOIN fresh AS f ON f.publisher = a.publisher
    ANTI JOIN fresh AS f ON f.id = a.id
    WHERE a.outcome = 'ok'
),
chosen AS (
    SELECT part, id, true AS fresh FROM fresh
    UNION ALL
    SELECT part, id, false AS fresh FROM others
    WHERE place <= (SELECT recent FROM limits)
),
paragraphs AS (
    SELECT
        a.publisher, a.url, c.fresh,
        unnest(
            string_split(a.text, chr(10))
            || list_transform(
                list_filter(coalesce(a.removed, []), lambda line: starts_with(line, 'repeated: ')),
                lambda line: substr(line, 11)
            )
        ) AS paragraph
    FROM articles_by_part AS a
    INNER JOIN chosen AS c ON c.part = a.part AND c.id = a.id
),
sites AS (
    SELECT publisher, count(DISTINCT url) AS addresses
    FROM paragraphs
    GROUP BY publisher
)
SELECT p.publisher, p.paragraph, count(DISTINCT p.url) AS addresses, any_value(s.addresses) AS of
FROM paragraphs AS p
INNER JOIN sites AS s ON s.publisher = p.publisher
WHERE length(p.paragraph) BETWEEN 1 AND 600
GROUP BY p.publisher, p.paragraph
HAVING count(DISTINCT p.url) >= 3 AND bool_or(p.fresh)
ORDER BY p.publisher, p.paragraph
