-- One row is an anchor that a fresh text shares, in one language: how many texts of it have the anchor (`own`), and how
-- many of all languages; `older` where some of the language's are not fresh.
WITH of_language AS (
    SELECT bucket, language, count(*) AS own, max(older) AS older
    FROM (
        SELECT bucket, language, 0 AS older FROM opened
        UNION ALL
        SELECT bucket, language, 1 AS older FROM older
    ) AS x
    GROUP BY bucket, language
),
of_all AS (
    SELECT bucket, sum(own) AS texts
    FROM of_language
    GROUP BY bucket
    HAVING sum(own) > 1
)
SELECT o.bucket, o.language, CAST(o.own AS INTEGER) AS own, CAST(w.texts AS INTEGER) AS texts, o.older = 1 AS older
FROM of_language AS o
INNER JOIN of_all AS w ON w.bucket = o.bucket
