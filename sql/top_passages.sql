-- One row is a passage (a sentence; in scripts without spaces up to its full stop) that several publishers printed,
-- the most widespread first. What one publisher repeats on all its pages reaches one publisher only and stays out.
-- Variables:
--   top = 50            at most so many rows
--   least = 2           only passages of at least so many publishers
--   length = 60         only passages of at least so many characters (of 20 where written without spaces)
--   language = any      only passages of articles in this language
WITH texts AS (
    SELECT text_id, any_value(text) AS text
    FROM articles
    WHERE latest AND (getvariable('language') IS NULL OR language = getvariable('language'))
    GROUP BY text_id
),
cut AS (
    SELECT
        text_id,
        regexp_replace(
            regexp_replace(text, '([.!?…؟।]["”»’)\]]*)\s+', '\1' || chr(10), 'g'),
            '([。!?][」』”)]*)', '\1' || chr(10), 'g'
        ) AS lines
    FROM texts
),
passages AS (
    SELECT DISTINCT text_id, trim(unnest(string_split(lines, chr(10)))) AS passage
    FROM cut
),
long_ones AS (
    SELECT text_id, passage, md5(lower(passage)) AS digest
    FROM passages
    WHERE
        len(passage) >= coalesce(getvariable('length')::BIGINT, 60)
        OR (len(passage) >= 20 AND regexp_matches(passage, '[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Khmer}]{8}'))
)
SELECT
    count(DISTINCT publisher) AS publishers,
    count(DISTINCT coalesce(url, articles.id)) AS articles,
    count(DISTINCT cluster_id) AS clusters,
    min(published_at) AS first_at,
    arg_min(publisher, published_at) AS first_publisher,
    min(passage) AS passage
FROM long_ones
JOIN articles USING (text_id)
LEFT JOIN clusters ON clusters.id = articles.id AND clusters.size >= 2
WHERE articles.latest
GROUP BY digest
HAVING count(DISTINCT publisher) >= coalesce(getvariable('least')::BIGINT, 2)
ORDER BY publishers DESC, articles DESC, passage
LIMIT coalesce(getvariable('top')::BIGINT, 50);
