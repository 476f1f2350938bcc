-- One row is a pair (a < b) without a score, of two texts that are both copies of a third one.
-- Their score tells whether the three are one cluster or the third one welds two.
-- Of a text with many copies the first $neighbours alone count. Two parts of one much longer text say nothing about it
-- by having nothing in common: they are left out, and so are texts whose known times lie further apart than the window.
-- Only the copies of the texts in `fresh` are looked at: those that have got copies since theirs were compared.
WITH siblings AS (
    SELECT x.n * CAST(4294967296 AS BIGINT) + y.n AS pair, min(x.third) AS home
    FROM copies AS x
    INNER JOIN copies AS y ON y.third = x.third
    WHERE x.n < y.n AND x.place <= $neighbours AND y.place <= $neighbours AND NOT (x.part AND y.part)
        AND (x.since IS NULL OR y.since IS NULL OR (x.since <= y.until_ AND y.since <= x.until_))
    GROUP BY x.n * CAST(4294967296 AS BIGINT) + y.n
)
SELECT ta.text_id AS a, tb.text_id AS b, 'closure' AS view
FROM siblings AS o
INNER JOIN texts AS ta ON ta.n = o.pair // 4294967296
INNER JOIN texts AS tb ON tb.n = o.pair % 4294967296
ANTI JOIN pairs AS p ON p.a = ta.text_id AND p.b = tb.text_id
ORDER BY o.home, o.pair
