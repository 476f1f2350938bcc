-- One row is a candidate pair (a < b) that has no score yet, with both texts' signatures.
-- Words view: two texts share a band's bucket. In a bucket of more than $hubs texts each is paired with the first few
-- alone, so that 20,000 near copies of one story cost 20,000 pairs or so and not 200 million.
-- Anchors view: two texts share at least $shared rare anchors; an anchor of more than $common texts tells nothing.
-- Texts whose known times of publication all lie further apart than the window are no candidates.
-- A text is fresh until it is in `paired` with as many articles as it has now.
WITH texts AS (
    SELECT
        text_id,
        count(*) AS articles,
        CASE WHEN count(published_at) = count(*) THEN min(published_at) - to_days($window) END AS since,
        max(published_at) AS until_
    FROM articles
    WHERE outcome = 'ok'
    GROUP BY text_id
),
fresh AS (
    SELECT t.text_id
    FROM texts AS t
    SEMI JOIN anchors AS a ON a.text_id = t.text_id
    ANTI JOIN paired AS p ON p.text_id = t.text_id AND p.articles_then = t.articles
),
word_bands AS (
    SELECT text_id, unnest(bands) AS bucket, unnest(range(len(bands))) AS band
    FROM signatures
),
word_buckets AS (
    SELECT band, bucket, count(*) AS texts
    FROM word_bands
    GROUP BY band, bucket
    HAVING count(*) > 1
),
word_members AS (
    SELECT
        m.text_id, m.band, m.bucket, b.texts,
        CASE
            WHEN b.texts <= $hubs THEN 0
            ELSE row_number() OVER (PARTITION BY m.band, m.bucket ORDER BY m.text_id)
        END AS place
    FROM word_bands AS m
    INNER JOIN word_buckets AS b ON b.band = m.band AND b.bucket = m.bucket
),
word_pairs AS (
    SELECT DISTINCT x.text_id AS a, y.text_id AS b
    FROM word_members AS x
    INNER JOIN word_members AS y ON x.band = y.band AND x.bucket = y.bucket
    WHERE x.text_id < y.text_id AND x.place <= $hub_members
),
anchor_buckets AS (
    SELECT bucket
    FROM anchors
    GROUP BY bucket
    HAVING count(*) BETWEEN 2 AND $common
),
anchor_members AS (
    SELECT m.text_id, m.bucket
    FROM anchors AS m
    SEMI JOIN anchor_buckets AS b ON b.bucket = m.bucket
),
anchor_pairs AS (
    SELECT x.text_id AS a, y.text_id AS b
    FROM anchor_members AS x
    INNER JOIN anchor_members AS y ON x.bucket = y.bucket AND x.text_id < y.text_id
    GROUP BY x.text_id, y.text_id
    HAVING count(*) >= $shared
),
candidates AS (
    SELECT a, b, max(view) AS view
    FROM (
        SELECT a, b, 'words' AS view FROM word_pairs
        UNION ALL
        SELECT a, b, 'anchors' AS view FROM anchor_pairs
    ) AS proposed
    WHERE a IN (SELECT text_id FROM fresh) OR b IN (SELECT text_id FROM fresh)
    GROUP BY a, b
),
outstanding AS (
    SELECT c.a, c.b, c.view
    FROM candidates AS c
    ANTI JOIN pairs AS p ON p.a = c.a AND p.b = c.b
    INNER JOIN texts AS ta ON ta.text_id = c.a
    INNER JOIN texts AS tb ON tb.text_id = c.b
    WHERE ta.since IS NULL OR tb.since IS NULL OR (ta.since <= tb.until_ AND tb.since <= ta.until_)
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
