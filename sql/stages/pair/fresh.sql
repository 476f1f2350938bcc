-- One row is a fresh text, how many articles it has, and how rare an anchor of it must be to count.
-- Whatever the size of the corpus a text meets a bounded number of others: its rarest anchors count, as many of them as
-- together lie in `met_within` other texts of its language and in `met_across` of other languages. What copies in its own
-- language share would otherwise leave no room for what a translation shares. Rare is told in powers of two.
WITH limits AS (
    SELECT 2000 AS met_within, 3000 AS met_across
),
own AS (
    SELECT m.n, m.within, m.across
    FROM met AS m
    INNER JOIN texts AS t ON t.n = m.n
    WHERE t.fresh
),
within AS (
    SELECT n, CAST(ceil(round(log2(within), 6)) AS INTEGER) AS rare, sum(within) AS others
    FROM own
    WHERE within > 0
    GROUP BY n, CAST(ceil(round(log2(within), 6)) AS INTEGER)
),
across AS (
    SELECT n, CAST(ceil(round(log2(across), 6)) AS INTEGER) AS rare, sum(across) AS others
    FROM own
    WHERE across > 0
    GROUP BY n, CAST(ceil(round(log2(across), 6)) AS INTEGER)
),
room_within AS (
    SELECT n, max(rare) AS room
    FROM (SELECT n, rare, sum(others) OVER (PARTITION BY n ORDER BY rare) AS met FROM within) AS x
    WHERE met <= (SELECT met_within FROM limits)
    GROUP BY n
),
room_across AS (
    SELECT n, max(rare) AS room
    FROM (SELECT n, rare, sum(others) OVER (PARTITION BY n ORDER BY rare) AS met FROM across) AS x
    WHERE met <= (SELECT met_across FROM limits)
    GROUP BY n
)
SELECT
    t.text_id, t.articles AS articles_then,
    CAST(coalesce(power(2, w.room), 0) AS INTEGER) AS room_within,
    CAST(coalesce(power(2, a.room), 0) AS INTEGER) AS room_across
FROM texts AS t
SEMI JOIN anchors AS c ON c.text_id = t.text_id
LEFT JOIN room_within AS w ON w.n = t.n
LEFT JOIN room_across AS a ON a.n = t.n
WHERE t.fresh
