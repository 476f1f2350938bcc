-- One row is an anchor that a fresh text shares, in one language: how many texts of it have the anchor, and how many of
-- all; `fresh` where all of the language's are fresh. An anchor of more than $common texts tells nothing.
-- Where few texts are fresh, only their anchors are counted; where most are, it is quicker to count all.
WITH opened AS (
    SELECT a.bucket
    FROM anchors AS a
    INNER JOIN texts AS t ON t.text_id = a.text_id
    WHERE t.fresh AND (SELECT count_if(fresh) * 5 < count(*) FROM texts)
),
of_language AS (
    SELECT a.bucket, t.language, count(*) AS own, bool_and(t.fresh) AS fresh, bool_or(t.fresh) AS any_fresh
    FROM anchors AS a
    INNER JOIN texts AS t ON t.text_id = a.text_id
    WHERE (SELECT count_if(fresh) * 5 >= count(*) FROM texts) OR a.bucket IN (SELECT bucket FROM opened)
    GROUP BY a.bucket, t.language
),
of_all AS (
    SELECT bucket, sum(own) AS texts
    FROM of_language
    GROUP BY bucket
    HAVING sum(own) BETWEEN 2 AND $common AND bool_or(any_fresh)
)
SELECT o.bucket, o.language, CAST(o.own AS INTEGER) AS own, CAST(w.texts AS INTEGER) AS texts, o.fresh
FROM of_language AS o
INNER JOIN of_all AS w ON w.bucket = o.bucket
