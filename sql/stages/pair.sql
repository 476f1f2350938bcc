-- One row is a candidate pair (a < b) that has no score yet.
-- Words view: two texts share a band's bucket (pair/word_pairs.sql). Of the texts in hubs that a text in hubs meets the
-- first few are tried, and those that share more buckets (`telling`). So neither 20,000 near copies of one text nor as
-- many texts from one mould cost millions of pairs.
-- Anchors view: two texts share anchors that are rare enough in both (pair/pairs_within.sql, pairs_across.sql).
-- Of the texts it meets the first few are its candidates (`tried`), and up to `partners` that share as much as so many
-- anchors that no third text has (`telling`). A pair counts that is among these for either of its texts.
-- Texts whose known times of publication all lie further apart than the window are no candidates.
WITH limits AS (
    SELECT
        8 AS tried_hubs, 1 AS tried_within, 4 AS tried_across,
        4 AS telling_hubs,
        5.0 * ln(count(*)) AS telling_within, 3.5 * ln(count(*)) AS telling_across,
        64 AS partners
    FROM texts
),
proposed AS (
    SELECT
        pair, CASE WHEN in_hubs THEN 'hubs' ELSE 'words' END AS side, told, telling_hubs AS telling,
        CASE WHEN in_hubs THEN tried_hubs ELSE partners END AS tried
    FROM word_pairs
    CROSS JOIN limits
    UNION ALL
    SELECT pair, 'within' AS side, told, telling_within, tried_within
    FROM pairs_within
    CROSS JOIN limits
    UNION ALL
    SELECT pair, 'across' AS side, told, telling_across, tried_across
    FROM pairs_across
    CROSS JOIN limits
),
-- Sums of floats differ in their last digits with the order of adding: rounded, so that ties are ties in every run.
ranked AS (
    SELECT
        a, b, side, told, telling, tried,
        row_number() OVER (PARTITION BY side, a ORDER BY told DESC, b) AS for_a,
        row_number() OVER (PARTITION BY side, b ORDER BY told DESC, a) AS for_b
    FROM (
        SELECT
            pair // 4294967296 AS a, pair % 4294967296 AS b,
            side, round(told, 6) AS told, telling, tried
        FROM proposed
    ) AS p
),
candidates AS (
    SELECT a, b, CASE WHEN bool_or(side IN ('words', 'hubs')) THEN 'words' ELSE 'anchors' END AS view
    FROM ranked
    WHERE least(for_a, for_b) <= tried
        OR (least(for_a, for_b) <= (SELECT partners FROM limits) AND told >= telling)
    GROUP BY a, b
)
-- Neighbouring rows share texts: those of one cluster mostly have the same least partner.
SELECT ta.text_id AS a, tb.text_id AS b, c.view
FROM candidates AS c
INNER JOIN texts AS ta ON ta.n = c.a
INNER JOIN texts AS tb ON tb.n = c.b
ANTI JOIN pairs AS p ON p.a = ta.text_id AND p.b = tb.text_id
INNER JOIN (SELECT b AS n, min(a) AS home FROM candidates GROUP BY b) AS h ON h.n = c.b
ORDER BY h.home, c.a, c.b
