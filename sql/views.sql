-- Names the corpus's tables and the views that questions are asked of. Run it in the corpus's folder:
--   cd data && duckdb -init ../sql/views.sql -f ../sql/clusters_by_reach.sql
-- Every table has an empty first part, so that every view is valid from the start.

SET GLOBAL TimeZone = 'UTC';

-- One row is one fetched answer or one imported row.
CREATE OR REPLACE VIEW pages AS
FROM read_parquet('pages/part-*.parquet');

-- One row is a scored candidate: two different texts (a < b) with the evidence of how alike they are.
CREATE OR REPLACE VIEW pairs AS
FROM read_parquet('pairs/part-*.parquet');

-- One row is an article in its cluster, articles alone in theirs included.
CREATE OR REPLACE VIEW clusters AS
SELECT * EXCLUDE (basis)
FROM read_parquet('clusters/part-*.parquet');

-- One row is a cluster that went into another one.
CREATE OR REPLACE VIEW merges AS
FROM read_parquet('merges/part-*.parquet');

-- One row is a text, which exact copies share, as the later stages need it.
CREATE OR REPLACE VIEW signatures AS
FROM read_parquet('signatures/part-*.parquet');

-- One row is a text with its buckets of the anchors view.
CREATE OR REPLACE VIEW anchors AS
FROM read_parquet('anchors/part-*.parquet');

-- One row is a feature: in how many sampled texts of a language it occurs.
CREATE OR REPLACE VIEW rarity AS
FROM read_parquet('rarity/part-*.parquet');

-- One row is a text whose candidates have all been scored.
CREATE OR REPLACE VIEW paired AS
FROM read_parquet('paired/part-*.parquet');

-- One row is an anchor that was found to be common: it tells nothing.
CREATE OR REPLACE VIEW common AS
FROM read_parquet('common/part-*.parquet');

-- One row is a text whose copies have all been compared with each other.
CREATE OR REPLACE VIEW closed AS
FROM read_parquet('closed/part-*.parquet');

-- One row holds the corpus's settings as JSON.
CREATE OR REPLACE VIEW settings AS
FROM read_parquet('settings/part-*.parquet');

-- One row is a revision of an article, or a page that gave none (outcome). `revision` counts a URL's readable
-- revisions from 1 and `latest` marks the last of them; both keep out pages without a readable text.
-- `publisher` falls back on the host; `country` is what the host's top-level domain says (none for .com and its like).
CREATE OR REPLACE VIEW articles AS
WITH read_off AS (
    SELECT
        *,
        nullif(regexp_extract(lower(url), '^[a-z]+://(?:[^/@]*@)?(?:www\.)?([^/:?#]+)', 1), '') AS host,
        CASE WHEN outcome = 'ok' THEN coalesce(url, id) END AS readable
    FROM read_parquet('articles/part-*.parquet')
)
SELECT
    * EXCLUDE (host, readable) REPLACE (coalesce(publisher, host) AS publisher),
    host,
    CASE nullif(regexp_extract(host, '\.([a-z]{2})$', 1), '')
        WHEN 'uk' THEN 'GB'
        WHEN 'eu' THEN NULL
        WHEN 'tv' THEN NULL
        WHEN 'io' THEN NULL
        WHEN 'ai' THEN NULL
        WHEN 'me' THEN NULL
        WHEN 'fm' THEN NULL
        ELSE upper(nullif(regexp_extract(host, '\.([a-z]{2})$', 1), ''))
    END AS country,
    CASE WHEN readable IS NOT NULL THEN row_number() OVER by_time END AS revision,
    readable IS NOT NULL AND lead(id) OVER by_time IS NULL AS latest
FROM read_off
WINDOW by_time AS (PARTITION BY readable ORDER BY fetched_at NULLS FIRST, id);

-- One row is a publisher with what its articles say about it.
CREATE OR REPLACE VIEW publishers AS
SELECT
    publisher,
    mode(host ORDER BY host) AS host,
    mode(country ORDER BY country) AS country,
    mode(language ORDER BY language) AS language,
    count(*) FILTER (WHERE latest) AS articles
FROM articles
GROUP BY publisher;

-- One row is an article in a cluster of two or more, beside the cluster's original.
-- `cluster_agency` is the agency whose text it is: the one that the original credits, else the one that most of the
-- cluster's articles credit. `credited` says whether this article names that agency (none where no article names any).
-- `delay_hours` is the time since the original (negative where the copy is dated earlier, none where a time is unknown).
-- `kept` is the share of the original's wording that this article keeps, `borrowed` the share of this article's wording
-- that is the original's; both are none for translations and where the two were not compared directly.
CREATE OR REPLACE VIEW copies AS
WITH members AS (
    SELECT articles.*, clusters.* EXCLUDE (id)
    FROM clusters
    JOIN articles USING (id)
    WHERE clusters.size >= 2
),
credits AS (
    SELECT cluster_id, agency, bool_or(id = original) AS by_original, count(*) AS articles
    FROM members
    WHERE agency IS NOT NULL
    GROUP BY cluster_id, agency
),
agencies AS (
    SELECT cluster_id, first(agency ORDER BY by_original DESC, articles DESC, agency) AS cluster_agency
    FROM credits
    GROUP BY cluster_id
)
SELECT
    members.cluster_id,
    members.size,
    members.id,
    members.url,
    members.title,
    members.publisher,
    members.country,
    members.language,
    members.published_at,
    members.published_by_what,
    members.fetched_at,
    members.kind,
    members.score,
    members.agency,
    cluster_agency,
    CASE WHEN cluster_agency IS NOT NULL THEN coalesce(members.agency = cluster_agency, false) END AS credited,
    members.byline,
    members.dateline,
    members.credit,
    members.authors,
    members.words,
    members.text_id,
    members.revision,
    members.latest,
    round(epoch(members.published_at - origin.published_at) / 3600, 2) AS delay_hours,
    CASE
        WHEN members.kind = 'translated' THEN NULL
        WHEN members.text_id = origin.text_id THEN 1.0
        WHEN origin.text_id = pairs.a THEN pairs.containment_a
        ELSE pairs.containment_b
    END AS kept,
    CASE
        WHEN members.kind = 'translated' THEN NULL
        WHEN members.text_id = origin.text_id THEN 1.0
        WHEN members.text_id = pairs.a THEN pairs.containment_a
        ELSE pairs.containment_b
    END AS borrowed,
    members.original,
    members.original_reason,
    members.original_confidence,
    origin.url AS original_url,
    origin.title AS original_title,
    origin.publisher AS original_publisher,
    origin.country AS original_country,
    origin.language AS original_language,
    origin.published_at AS original_published_at,
    origin.words AS original_words,
    origin.authors AS original_authors
FROM members
LEFT JOIN articles AS origin ON origin.id = members.original
LEFT JOIN agencies ON agencies.cluster_id = members.cluster_id
LEFT JOIN pairs
    ON pairs.a = least(members.text_id, origin.text_id)
    AND pairs.b = greatest(members.text_id, origin.text_id);
