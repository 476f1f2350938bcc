-- One row is a candidate pair (a < b) that has no score yet.
-- Words view: two texts share a band's bucket. In a bucket of more than $hubs texts, a hub, each meets the first few
-- alone; and of the texts in hubs that a text in hubs meets, the first few are tried, and those that share more buckets
-- (`telling`). So neither 20,000 near copies of one text nor as many texts from one mould cost millions of pairs.
-- Anchors view: two texts share at least $shared anchors that are rare enough in both (pair/fresh.sql).
-- Of the texts it meets the first few are its candidates (`tried`), and up to `partners` that share as much as so many
-- anchors that no third text has (`telling`). A pair counts that is among these for either of its texts.
-- Texts whose known times of publication all lie further apart than the window are no candidates.
-- Only buckets of fresh texts are opened.
WITH limits AS (
    SELECT
        8 AS tried_hubs, 1 AS tried_within, 4 AS tried_across,
        4 AS telling_hubs,
        5.0 * ln(count(*)) AS telling_within, 3.5 * ln(count(*)) AS telling_across,
        64 AS partners
    FROM texts
),
all_bands AS (
    SELECT t.n, t.fresh, t.since, t.until_, unnest(s.bands) AS bucket, unnest(range(len(s.bands))) AS band
    FROM signatures AS s
    INNER JOIN texts AS t ON t.text_id = s.text_id
),
bands AS (
    SELECT n, fresh, since, until_, bucket, band FROM all_bands
    WHERE fresh
    UNION ALL
    SELECT b.n, b.fresh, b.since, b.until_, b.bucket, b.band
    FROM all_bands AS b
    SEMI JOIN (
        SELECT bucket, band FROM all_bands
        WHERE fresh AND (SELECT count(*) FROM texts WHERE NOT fresh) > 0
    ) AS o ON o.bucket = b.bucket AND o.band = b.band
    WHERE NOT b.fresh
),
open_bands AS (
    SELECT band, bucket, count(*) AS texts
    FROM bands
    GROUP BY band, bucket
    HAVING count(*) > 1
),
band_members AS (
    SELECT
        m.n, m.fresh, m.since, m.until_, m.band, m.bucket,
        CASE
            WHEN b.texts <= $hubs THEN 0
            ELSE row_number() OVER (PARTITION BY m.band, m.bucket ORDER BY m.n)
        END AS place
    FROM bands AS m
    INNER JOIN open_bands AS b ON b.band = m.band AND b.bucket = m.bucket
),
word_pairs AS (
    SELECT x.n * CAST(4294967296 AS BIGINT) + y.n AS pair, count(*) AS told
    FROM band_members AS x
    INNER JOIN band_members AS y ON x.band = y.band AND x.bucket = y.bucket
    WHERE x.n < y.n AND x.place <= $hub_members AND (x.fresh OR y.fresh)
        AND x.since <= y.until_ AND y.since <= x.until_
    GROUP BY x.n * CAST(4294967296 AS BIGINT) + y.n
),
hubs AS (
    SELECT DISTINCT n FROM band_members
    WHERE place > 0
),
rooms AS (
    SELECT
        t.n, t.fresh, t.since, t.until_,
        coalesce(f.room_within, t.room_within) AS room_within,
        coalesce(f.room_across, t.room_across) AS room_across
    FROM texts AS t
    LEFT JOIN fresh AS f ON f.text_id = t.text_id
),
kept AS (
    SELECT
        m.n, m.language, m.bucket, t.fresh, t.since, t.until_,
        ln((SELECT count(*) FROM texts) / (m.within + m.across + 1)) AS told,
        m.within BETWEEN 1 AND t.room_within AS within,
        m.across BETWEEN 1 AND t.room_across AS across
    FROM met AS m
    INNER JOIN rooms AS t ON t.n = m.n
    WHERE m.within BETWEEN 1 AND t.room_within OR m.across BETWEEN 1 AND t.room_across
),
pairs_within AS (
    SELECT
        least(x.n, y.n) * CAST(4294967296 AS BIGINT) + greatest(x.n, y.n) AS pair, sum(x.told) AS told
    FROM kept AS x
    INNER JOIN kept AS y ON x.bucket = y.bucket AND x.language = y.language
    WHERE x.within AND y.within AND x.fresh AND (x.n < y.n OR (x.n > y.n AND NOT y.fresh))
        AND x.since <= y.until_ AND y.since <= x.until_
    GROUP BY least(x.n, y.n) * CAST(4294967296 AS BIGINT) + greatest(x.n, y.n)
    HAVING count(*) >= $shared
),
-- An anchor is looked for in each other language of its own: a join on the anchor alone would go through all texts of
-- its own language, too.
sought AS MATERIALIZED (
    SELECT x.n, x.language, x.bucket, x.since, x.until_, x.told, o.language AS other
    FROM kept AS x
    INNER JOIN counted AS o ON o.bucket = x.bucket
    WHERE x.across AND x.fresh AND (x.language < o.language OR (x.language > o.language AND o.older))
),
pairs_across AS (
    SELECT
        least(x.n, y.n) * CAST(4294967296 AS BIGINT) + greatest(x.n, y.n) AS pair, sum(x.told) AS told
    FROM sought AS x
    INNER JOIN kept AS y ON y.bucket = x.bucket AND y.language = x.other
    WHERE y.across AND (x.language < y.language OR NOT y.fresh) AND x.since <= y.until_ AND y.since <= x.until_
    GROUP BY least(x.n, y.n) * CAST(4294967296 AS BIGINT) + greatest(x.n, y.n)
    HAVING count(*) >= $shared
),
proposed AS (
    SELECT
        w.pair, CASE WHEN y.n IS NULL THEN 'words' ELSE 'hubs' END AS side, w.told, telling_hubs AS telling,
        CASE WHEN y.n IS NULL THEN partners ELSE tried_hubs END AS tried
    FROM word_pairs AS w
    CROSS JOIN limits
    LEFT JOIN hubs AS x ON x.n = w.pair // 4294967296
    LEFT JOIN hubs AS y ON y.n = w.pair % 4294967296 AND x.n IS NOT NULL
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
