-- One row is a candidate pair (a < b) that has no score yet, with both texts' signatures.
-- Words view: two texts share a band's bucket. In a bucket of more than $hubs texts each is paired with the first few
-- alone, so that 20,000 near copies of one text cost 20,000 pairs or so and not 200 million.
-- Anchors view: two texts share at least $shared anchors; an anchor of more than $common texts tells nothing.
-- Whatever the size of the corpus a text meets a bounded number of others: its rarest anchors count, as many of them as
-- together lie in so many other texts of its language (`met_within`) and of other languages (`met_across`). What copies
-- in its own language share would otherwise leave no room for what a translation shares.
-- Of the texts it meets the first few are its candidates (`tried`), and up to `partners` that share as much as so many
-- anchors that no third text has (`telling`). A pair counts that is among these for either of its texts.
-- Texts whose known times of publication all lie further apart than the window are no candidates.
-- A text is fresh until it is in `paired` with as many articles as it has now; only buckets of fresh texts are opened.
WITH limits AS (
    SELECT
        1000 AS met_within, 3000 AS met_across,
        1 AS tried_within, 4 AS tried_across,
        5.0 * ln(count(*)) AS telling_within, 3.5 * ln(count(*)) AS telling_across,
        64 AS partners
    FROM signatures
),
published AS (
    SELECT
        text_id,
        count(*) AS articles,
        CASE
            WHEN count(published_at) = count(*) THEN min(published_at) - to_days($window)
            ELSE CAST('0001-01-01 00:00:00+00' AS TIMESTAMPTZ)
        END AS since,
        CASE
            WHEN count(published_at) = count(*) THEN max(published_at)
            ELSE CAST('9999-12-31 00:00:00+00' AS TIMESTAMPTZ)
        END AS until_
    FROM articles
    WHERE outcome = 'ok'
    GROUP BY text_id
),
texts AS (
    SELECT
        t.text_id, t.since, t.until_, coalesce(s.language, '') AS language,
        row_number() OVER (ORDER BY t.text_id) AS n,
        p.text_id IS NULL AS fresh
    FROM published AS t
    SEMI JOIN anchors AS a ON a.text_id = t.text_id
    INNER JOIN signatures AS s ON s.text_id = t.text_id
    LEFT JOIN paired AS p ON p.text_id = t.text_id AND p.articles_then = t.articles
),
bands AS (
    SELECT t.n, t.fresh, t.since, t.until_, unnest(s.bands) AS bucket, unnest(range(len(s.bands))) AS band
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
        m.n, m.fresh, m.since, m.until_, m.band, m.bucket,
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
        AND x.since <= y.until_ AND y.since <= x.until_
    GROUP BY x.n * 4294967296 + y.n
),
all_anchors AS (
    SELECT t.n, t.language, t.fresh, a.bucket
    FROM anchors AS a
    INNER JOIN texts AS t ON t.text_id = a.text_id
),
of_language AS (
    SELECT bucket, language, count(*) AS texts, bool_or(fresh) AS fresh
    FROM all_anchors
    GROUP BY bucket, language
),
of_all AS (
    SELECT bucket, sum(texts) AS texts, bool_or(fresh) AS fresh
    FROM of_language
    GROUP BY bucket
    HAVING sum(texts) BETWEEN 2 AND $common
),
met AS (
    SELECT
        m.n, m.bucket, w.fresh AS opened,
        ln((SELECT count(*) FROM texts) / w.texts) AS told, o.texts - 1 AS within, w.texts - o.texts AS across
    FROM all_anchors AS m
    INNER JOIN of_all AS w ON w.bucket = m.bucket
    INNER JOIN of_language AS o ON o.bucket = m.bucket AND o.language = m.language
),
kept_within AS (
    SELECT t.n, t.fresh, t.language, t.since, t.until_, m.bucket, m.told
    FROM (
        SELECT
            n, bucket, opened, told,
            sum(within) OVER (
                PARTITION BY n ORDER BY within, bucket ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
            ) AS others
        FROM met
        WHERE within > 0
    ) AS m
    INNER JOIN texts AS t ON t.n = m.n
    WHERE m.opened AND m.others <= (SELECT met_within FROM limits)
),
kept_across AS (
    SELECT t.n, t.fresh, t.language, t.since, t.until_, m.bucket, m.told
    FROM (
        SELECT
            n, bucket, opened, told,
            sum(across) OVER (
                PARTITION BY n ORDER BY across, bucket ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
            ) AS others
        FROM met
        WHERE across > 0
    ) AS m
    INNER JOIN texts AS t ON t.n = m.n
    WHERE m.opened AND m.others <= (SELECT met_across FROM limits)
),
pairs_within AS (
    SELECT least(x.n, y.n) * 4294967296 + greatest(x.n, y.n) AS pair, sum(x.told) AS told
    FROM kept_within AS x
    INNER JOIN kept_within AS y ON x.bucket = y.bucket AND x.language = y.language
    WHERE x.fresh AND (x.n < y.n OR (x.n > y.n AND NOT y.fresh)) AND x.since <= y.until_ AND y.since <= x.until_
    GROUP BY least(x.n, y.n) * 4294967296 + greatest(x.n, y.n)
    HAVING count(*) >= $shared
),
pairs_across AS (
    SELECT least(x.n, y.n) * 4294967296 + greatest(x.n, y.n) AS pair, sum(x.told) AS told
    FROM kept_across AS x
    INNER JOIN kept_across AS y ON x.bucket = y.bucket AND x.language <> y.language
    WHERE x.fresh AND (x.n < y.n OR (x.n > y.n AND NOT y.fresh)) AND x.since <= y.until_ AND y.since <= x.until_
    GROUP BY least(x.n, y.n) * 4294967296 + greatest(x.n, y.n)
    HAVING count(*) >= $shared
),
proposed AS (
    SELECT pair // 4294967296 AS a, pair % 4294967296 AS b, 'words' AS side, told, 0.0 AS telling, partners AS tried
    FROM word_pairs
    CROSS JOIN limits
    UNION ALL
    SELECT pair // 4294967296 AS a, pair % 4294967296 AS b, 'within' AS side, told, telling_within, tried_within
    FROM pairs_within
    CROSS JOIN limits
    UNION ALL
    SELECT pair // 4294967296 AS a, pair % 4294967296 AS b, 'across' AS side, told, telling_across, tried_across
    FROM pairs_across
    CROSS JOIN limits
),
-- Sums of floats differ in their last digits with the order of adding: rounded, so that ties are ties in every run.
ranked AS (
    SELECT
        a, b, side, told, telling, tried,
        row_number() OVER (PARTITION BY side, a ORDER BY round(told, 6) DESC, b) AS for_a,
        row_number() OVER (PARTITION BY side, b ORDER BY round(told, 6) DESC, a) AS for_b
    FROM proposed
),
candidates AS (
    SELECT a, b, CASE WHEN max(side) = 'words' THEN 'words' ELSE 'anchors' END AS view
    FROM ranked
    WHERE least(for_a, for_b) <= tried
        OR (least(for_a, for_b) <= (SELECT partners FROM limits) AND round(told, 6) >= telling)
    GROUP BY a, b
),
outstanding AS (
    -- Neighbouring rows share texts: those of one cluster mostly have the same least partner.
    SELECT ta.text_id AS a, tb.text_id AS b, c.view
    FROM candidates AS c
    INNER JOIN texts AS ta ON ta.n = c.a
    INNER JOIN texts AS tb ON tb.n = c.b
    ANTI JOIN pairs AS p ON p.a = ta.text_id AND p.b = tb.text_id
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
