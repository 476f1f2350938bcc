-- One row is a candidate pair (a < b) that has no score yet, with both texts' signatures.
-- Words view: two texts share a band's bucket. In a bucket of more than $hubs texts each is paired with the first few
-- alone, so that 20,000 near copies of one text cost 20,000 pairs or so and not 200 million.
-- Anchors view: two texts share at least $shared rare anchors; an anchor of more than $common texts tells nothing.
-- Whatever the size of the corpus a text meets a bounded number of others: its rarest anchors count, as many of them as
-- together lie in `met` other texts, and of its partners the `partners` with the most bands or rarest anchors in common.
-- A pair counts that is among these for either of its texts.
-- Texts whose known times of publication all lie further apart than the window are no candidates.
-- A text is fresh until it is in `paired` with as many articles as it has now; only buckets of fresh texts are opened.
WITH limits AS (
    SELECT 4000 AS met, 64 AS partners
),
published AS (
    SELECT
        text_id,
        count(*) AS articles,
        CASE WHEN count(published_at) = count(*) THEN min(published_at) - to_days($window) END AS since,
        max(published_at) AS until_
    FROM articles
    WHERE outcome = 'ok'
    GROUP BY text_id
),
texts AS (
    SELECT
        t.text_id, t.since, t.until_,
        row_number() OVER (ORDER BY t.text_id) AS n,
        p.text_id IS NULL AS fresh
    FROM published AS t
    SEMI JOIN anchors AS a ON a.text_id = t.text_id
    LEFT JOIN paired AS p ON p.text_id = t.text_id AND p.articles_then = t.articles
),
bands AS (
    SELECT t.n, t.fresh, unnest(s.bands) AS bucket, unnest(range(len(s.bands))) AS band
    FROM signatures AS s
    INNER JOIN texts AS t ON t.text_id = s.text_id
),
open_bands AS (
    SELECT band, bucket, count(*) AS texts
    FROM bands
    GROUP BY band, bucket
    HAVING count(*) > 1 AND bool_or(fresh)
),
band_members AS (
    SELECT
        m.n, m.fresh, m.band, m.bucket,
        CASE
            WHEN b.texts <= $hubs THEN 0
            ELSE row_number() OVER (PARTITION BY m.band, m.bucket ORDER BY m.n)
        END AS place
    FROM bands AS m
    INNER JOIN open_bands AS b ON b.band = m.band AND b.bucket = m.bucket
),
word_pairs AS (
    SELECT x.n * 4294967296 + y.n AS pair, count(*) AS told
    FROM band_members AS x
    INNER JOIN band_members AS y ON x.band = y.band AND x.bucket = y.bucket
    WHERE x.n < y.n AND x.place <= $hub_members AND (x.fresh OR y.fresh)
    GROUP BY x.n * 4294967296 + y.n
),
all_anchors AS (
    SELECT t.n, t.fresh, a.bucket
    FROM anchors AS a
    INNER JOIN texts AS t ON t.text_id = a.text_id
),
common_anchors AS (
    SELECT bucket, count(*) AS texts, bool_or(fresh) AS fresh
    FROM all_anchors
    GROUP BY bucket
    HAVING count(*) BETWEEN 2 AND $common
),
rarest_first AS (
    SELECT
        m.n, m.fresh, m.bucket, b.fresh AS opened,
        ln((SELECT count(*) FROM texts) / b.texts) AS told,
        sum(b.texts - 1) OVER (
            PARTITION BY m.n ORDER BY b.texts, m.bucket ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS met
    FROM all_anchors AS m
    INNER JOIN common_anchors AS b ON b.bucket = m.bucket
),
kept_anchors AS (
    SELECT n, fresh, bucket, told
    FROM rarest_first
    WHERE met <= (SELECT met FROM limits) AND opened
),
anchor_pairs AS (
    SELECT least(x.n, y.n) * 4294967296 + greatest(x.n, y.n) AS pair, sum(x.told) AS told
    FROM kept_anchors AS x
    INNER JOIN kept_anchors AS y ON x.bucket = y.bucket
    WHERE x.fresh AND (x.n < y.n OR (x.n > y.n AND NOT y.fresh))
    GROUP BY least(x.n, y.n) * 4294967296 + greatest(x.n, y.n)
    HAVING count(*) >= $shared
),
proposed AS (
    SELECT pair // 4294967296 AS a, pair % 4294967296 AS b, 'words' AS view, told
    FROM word_pairs
    UNION ALL
    SELECT pair // 4294967296 AS a, pair % 4294967296 AS b, 'anchors' AS view, told
    FROM anchor_pairs
),
in_time AS (
    SELECT p.a, p.b, p.view, p.told, ta.text_id AS text_a, tb.text_id AS text_b
    FROM proposed AS p
    INNER JOIN texts AS ta ON ta.n = p.a
    INNER JOIN texts AS tb ON tb.n = p.b
    WHERE ta.since IS NULL OR tb.since IS NULL OR (ta.since <= tb.until_ AND tb.since <= ta.until_)
),
-- Sums of floats differ in their last digits with the order of adding: rounded, so that ties are ties in every run.
ranked AS (
    SELECT
        a, b, view, text_a, text_b,
        row_number() OVER (PARTITION BY view, a ORDER BY round(told, 6) DESC, b) AS for_a,
        row_number() OVER (PARTITION BY view, b ORDER BY round(told, 6) DESC, a) AS for_b
    FROM in_time
),
candidates AS (
    SELECT a, b, text_a, text_b, max(view) AS view
    FROM ranked
    WHERE least(for_a, for_b) <= (SELECT partners FROM limits)
    GROUP BY a, b, text_a, text_b
),
outstanding AS (
    -- Neighbouring rows share texts: those of one cluster mostly have the same least partner.
    SELECT c.text_a AS a, c.text_b AS b, c.view
    FROM candidates AS c
    ANTI JOIN pairs AS p ON p.a = c.text_a AND p.b = c.text_b
    INNER JOIN (SELECT b AS n, min(a) AS home FROM candidates GROUP BY b) AS h ON h.n = c.b
    ORDER BY h.home, c.a, c.b
)
SELECT
    o.a, o.b, o.view,
    sa.language AS language_a, sa.words AS words_a, sa.normal AS normal_a, sa.romanised AS romanised_a,
    sa.quoted AS quoted_a, sa.names AS names_a, sa.at AS at_a,
    sb.language AS language_b, sb.words AS words_b, sb.normal AS normal_b, sb.romanised AS romanised_b,
    sb.quoted AS quoted_b, sb.names AS names_b, sb.at AS at_b
FROM outstanding AS o
INNER JOIN signatures AS sa ON sa.text_id = o.a
INNER JOIN signatures AS sb ON sb.text_id = o.b
